import { createStream, createStreamManager, polling, sse } from '@steadystream/core'

import { createAccount } from './account.ts'
import { origin, pacer } from './reader.ts'

import type { Payload, Reader, ReaderSetup } from './reader.ts'

/** Somebody who follows one channel by a stream of its own. */
export function openStream(kind: 'stream' | 'polling', name: string, setup: ReaderSetup): Reader {
  const { world, random, scenario, archive, network } = setup
  const label = random.pick(scenario.labels)
  const from = random.pick(['now', 'start', 'start'] as const)
  const manager = createStreamManager()
  const pause = pacer(setup)
  const account = createAccount(`${name} of ${label}`, label, archive, from, '', world)
  let isOpen = true
  const { fetch } = network
  const query = `channel=${label}`
  const stream = createStream<Payload>({
    transports: [kind === 'polling' ? polling(`${origin}/poll?${query}`, { fetch }) : sse(`${origin}/events?${query}`, { fetch })], // prettier-ignore
    ...{
      from,
      manager,
      clock: world.clock,
      maxRetries: Infinity,
      timeout: 5000,
      firstByteTimeout: 5000,
      maxBufferedEvents: 3,
    },
    onData({ number }, { id }) {
      world.trace(`${name}: #${number} ${label} ${id}`)
      if (!isOpen) world.fail(`${name} got #${number} after it was closed`)
      account.event(number, id, stream.lastEventId)
      return pause()
    },
    onGap(gap) {
      world.trace(`${name}: gap ${JSON.stringify(gap)}`)
      account.gap(gap)
    },
    onStateChange: ({ state, reason }) => world.trace(`${name}: ${state} (${reason})`),
    onError({ code, message, willRetry }) {
      world.trace(`${name}: ${code} ${message}`)
      if (!willRetry) world.fail(`${name} gives up: ${code} ${message}`)
    },
    onComplete() {
      isOpen = false
      if (!account.isComplete(stream.lastEventId)) world.fail(`${name} is told of the end of ${label} at ${account.at}`)
    },
    onInvalid: ({ message }) => world.fail(`${name}: ${message}`),
  })
  return {
    name,
    get given() {
      return account.given
    },
    get isOpen() {
      return isOpen
    },
    isComplete: () => stream.state === 'connected' && account.isComplete(stream.lastEventId),
    accountsFor: (confirmed) => confirmed.label !== label || account.accountsFor(confirmed.entry, confirmed.startedAt),
    describe: () => `${name} of ${label}, ${stream.state} at ${stream.lastEventId}`,
    close() {
      isOpen = false
      stream.close()
    },
    leftovers: () => manager.getActiveConnections().length,
  }
}
