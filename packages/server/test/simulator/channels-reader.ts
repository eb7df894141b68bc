import { createChannelClient, createStreamManager, sse } from '@steadystream/core'

import { createAccount } from './account.ts'
import { origin, pacer } from './reader.ts'

import type { Account } from './account.ts'
import type { Confirmed } from './publishers.ts'
import type { Payload, Reader, ReaderSetup } from './reader.ts'

/** Somebody who follows one channel, or all of them, over one connection. */
export function openChannels(name: string, setup: ReaderSetup): Reader {
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
