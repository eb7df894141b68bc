import { createChannelClient, createStream, createStreamManager, polling, sse } from '@steadystream/core'

import { createAccount } from './account.ts'

import type { Random } from '../../../core/test/support/random.ts'
import type { World } from '../../../core/test/simulator/world.ts'
import type { Account } from './account.ts'
import type { Archive } from './archive.ts'
import type { Confirmed } from './publishers.ts'
import type { ClientNetwork } from './client-network.ts'
import type { ReaderKind, ServerScenario } from './server-scenario.ts'

interface Payload {
  readonly number: number
}

/** Somebody who follows channels with the real client. */
export interface Reader {
  readonly name: string
  readonly given: number
  /** Not closed, and not told that all channels are over. */
  readonly isOpen: boolean
  isComplete(): boolean
  /** Whether it has this event of a channel that it follows, or was told of a gap. */
  accountsFor(confirmed: Confirmed): boolean
  /** What it waits for, in words. */
  describe(): string
  close(): void
  /** What is left of it once it is closed. */
  readonly leftovers: () => number
}

export interface ReaderSetup {
  readonly world: World
  readonly random: Random
  readonly scenario: ServerScenario
  readonly archive: Archive
  readonly network: ClientNetwork
}

const origin = 'https://servers.test'

export function openReader(kind: ReaderKind, name: string, setup: ReaderSetup): Reader {
  return kind === 'channels' ? openChannels(name, setup) : openStream(kind, name, setup)
}

/** Takes its time with some events, while things go wrong. */
function pacer({ world, random, scenario, network }: ReaderSetup): () => Promise<void> | undefined {
  const isSlow = random.chance(scenario.slowShare)
  return () => {
    if (!isSlow || !network.isTroubled) return undefined
    const ms = random.chance(0.1) ? random.whole(1000, 15_000) : random.whole(1, 300)
    return new Promise((resolve) => void world.onClient(ms, resolve))
  }
}

function openStream(kind: 'stream' | 'polling', name: string, setup: ReaderSetup): Reader {
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

function openChannels(name: string, setup: ReaderSetup): Reader {
  const { world, random, scenario, archive, network } = setup
  const manager = createStreamManager()
  const client = createChannelClient({
    ...{ url: origin, transports: [sse('', { fetch: network.fetch })], manager, clock: world.clock },
    onStateChange: ({ state, reason }) => world.trace(`${name}: ${state} (${reason})`),
    onError: ({ code, message }) => world.trace(`${name}: ${code} ${message}`),
  })
  let isOpen = true
  const follow = (label: string) => {
    const from = random.pick(['now', 'start'] as const)
    const pause = pacer(setup)
    let account: Account | undefined = from === 'start' ? createAccount(`${name} of ${label}`, label, archive, from, '', world) : undefined // prettier-ignore
    let before = ''
    let isOver = false
    const subscription = client.subscribe<Payload>(
      label,
      {
        onData({ number }, { position }) {
          world.trace(`${name}: #${number} ${label} ${position}`)
          if (!isOpen) world.fail(`${name} got #${number} after it was closed`)
          if (!account) world.fail(`${name} got #${number} of ${label} before there was a place`)
          account?.event(number, position, account.at || before)
          return pause()
        },
        onGap(gap) {
          world.trace(`${name}: gap of ${label} ${JSON.stringify(gap)}`)
          account?.gap(gap)
        },
        onSubscribed({ position }) {
          if (account?.at === '') before = position
          account ??= createAccount(`${name} of ${label}`, label, archive, from, position, world)
        },
        onError({ code, willRetry }) {
          world.trace(`${name}: ${label} ${code}`)
          if (!willRetry) world.fail(`${name} was refused ${label} with ${code}`)
        },
        onComplete: () => void (isOver = true),
        onInvalid: ({ message }) => world.fail(`${name}: ${message}`),
      },
      { from },
    )
    return {
      label,
      subscription,
      accountsFor: ({ label: of, entry, startedAt }: Confirmed) =>
        of !== label || account?.accountsFor(entry, startedAt) !== false,
      given: () => account?.given ?? 0,
      isOver: () => isOver,
      isComplete: () => account?.isComplete(subscription.position ?? '') === true,
    }
  }
  const wanted = random.chance(0.5) ? scenario.labels : [random.pick(scenario.labels)]
  const followed = wanted.map((label) => follow(label))
  return {
    name,
    get given() {
      return followed.reduce((sum, { given }) => sum + given(), 0)
    },
    get isOpen() {
      return isOpen && followed.some(({ isOver }) => !isOver())
    },
    isComplete: () =>
      followed.every(({ isOver, isComplete, subscription: { state } }) => isComplete() && (isOver() || state === 'connected')), // prettier-ignore
    accountsFor: (confirmed) => followed.every((each) => each.accountsFor(confirmed)),
    describe: () =>
      followed.map(({ label, subscription: { state, position } }) => `${name} of ${label}, ${state} at ${position}`).join(', '), // prettier-ignore
    close() {
      isOpen = false
      client.close()
    },
    leftovers: () => manager.getActiveConnections().length,
  }
}
