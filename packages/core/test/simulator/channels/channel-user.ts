import { parsePosition } from '@steadystream/core/protocol'

import type { ChannelClient, ChannelSubscription } from '@steadystream/core'
import type { Random } from '../../support/random.ts'
import type { World } from '../world.ts'
import type { ChannelFault, ChannelScenario } from './channel-scenario.ts'
import type { ChannelSimServer } from './channel-server.ts'

/** One subscription, and the account that is kept of what it gets. */
export interface ChannelUser {
  readonly label: string
  readonly subscription: ChannelSubscription
  readonly given: number
  readonly isOpen: boolean
  /** Whether it has been given or told of everything. */
  isComplete(): boolean
  leave(): void
}

/**
 * Follows a channel, and checks that every event comes once and in order, or is honestly declared lost.
 * @param seenOf by label, positions that this client has been told
 */
export function followChannel(
  world: World,
  random: Random,
  scenario: ChannelScenario,
  server: ChannelSimServer,
  client: ChannelClient,
  hit: (fault: ChannelFault) => void,
  seenOf: Map<string, string[]>,
): ChannelUser {
  const label = random.pick(scenario.labels)
  const log = server.logs.get(label)
  if (!log) throw new Error(`there is no ${label}`)
  const name = `${label} of a user`
  const seen = seenOf.get(label) ?? []
  seenOf.set(label, seen)
  const wish = random.pick(['now', 'now', 'start', 'position'] as const)
  const known = wish === 'position' ? seen.at(-random.whole(1, 5)) : undefined
  const from = wish === 'position' && known === undefined ? 'now' : wish
  hit(from === 'position' ? 'subscribed from a position' : `subscribed from ${from}`)
  let at = known ?? ''
  let isOpen = true
  let isBusy = false
  let hasBegun = false
  let given = 0
  const isSlow = random.chance(scenario.slowShare)
  const fail = (what: string) => world.fail(`${name}, from ${from}: ${what}`)

  function take(number: number, position: string): Promise<void> | undefined {
    const entry = log?.byId(position)
    const last = parsePosition(at)
    if (!isOpen) fail(`got ${position} after it had left`)
    if (isBusy) fail(`got ${position} while it was busy`)
    if (entry?.number !== number) fail(`#${number} came as ${position}`)
    if (last && (last.epoch !== entry?.epoch || last.offset + 1 !== entry.offset)) fail(`${position} came after ${at}`)
    if (!last && !hasBegun) fail(`${position} came before there was a place`)
    at = position
    seen.push(position)
    given++
    if (!isSlow) return undefined
    isBusy = true
    return new Promise((resolve) => {
      world.onClient(random.whole(1, 400), () => {
        isBusy = false
        resolve()
      })
    })
  }

  const subscription = client.subscribe<{ number: number }>(
    label,
    {
      onData: ({ number }, { position }) => take(number, position),
      onGap({ kind, from: before, to = '' }) {
        hit('gap')
        world.trace(`${name}: gap ${before}..${to}`)
        if (kind !== 'lost' || (before ?? '') !== at) fail(`a gap from ${before} came after ${at}`)
        // Where another life has begun, and all of it comes, the server need not say so.
        const isNewLife = to.endsWith(':0') && parsePosition(at)?.epoch !== parsePosition(to)?.epoch
        if (!isNewLife && !server.declared.has(`${label} ${to}`))
          fail(`a gap up to ${to}, which the server has not declared`)
        const counts = [log.countAt(before ?? '') ?? -1, log.countAt(to) ?? -1] as const
        if (counts[0] >= counts[1] && parsePosition(at)?.epoch === parsePosition(to)?.epoch)
          fail(`an empty gap up to ${to}`)
        at = to
      },
      onSubscribed({ position, recovered }) {
        world.trace(`${name}: subscribed at ${position} ${recovered ?? ''}`)
        if (hasBegun) hit('begun again')
        if (!hasBegun && from === 'now') at = position
        if (!hasBegun && from === 'start' && recovered === undefined) at = position
        hasBegun = true
      },
      onError: ({ code, willRetry }) => {
        world.trace(`${name}: ${code}`)
        if (!willRetry) fail(`was refused with ${code}`)
      },
      onInvalid: ({ message }) => fail(message),
    },
    { from: known ?? from },
  )
  return {
    label,
    subscription,
    get given() {
      return given
    },
    get isOpen() {
      return isOpen
    },
    isComplete: () =>
      subscription.state === 'connected' && !isBusy && hasBegun && at === log.top() && subscription.position === at,
    leave() {
      isOpen = false
      hit('left')
      subscription.unsubscribe()
    },
  }
}
