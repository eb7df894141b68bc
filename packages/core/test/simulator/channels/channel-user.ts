import { parsePosition } from '@steadystream/core/protocol'

import type { ChannelSubscription } from '@steadystream/core'
import type { Random } from '../../support/random.ts'
import type { World } from '../world.ts'
import type { ChannelFault, ChannelScenario } from './channel-scenario.ts'
import type { Seat } from './channel-seat.ts'
import type { ChannelSimServer } from './channel-server.ts'

/** One subscription, and the account that is kept of what it gets. */
export interface ChannelUser {
  readonly name: string
  readonly label: string
  readonly seat: Seat
  readonly subscription: ChannelSubscription
  readonly given: number
  readonly isOpen: boolean
  /** Whether it can do something: its page does not stand still. */
  readonly isAwake: boolean
  /** Where it is. */
  readonly at: string
  /** Whether it has been given or told of everything. */
  isComplete(): boolean
  leave(): void
}

/**
 * Follows a channel, and checks that every event comes once and in order, or is honestly declared lost.
 * @param seenOf by label, positions that a client has been told
 */
export function followChannel(
  world: World,
  random: Random,
  scenario: ChannelScenario,
  server: ChannelSimServer,
  seat: Seat,
  hit: (fault: ChannelFault) => void,
  seenOf: Map<string, string[]>,
): ChannelUser {
  const label = random.pick(scenario.labels)
  const log = server.logs.get(label)
  if (!log) throw new Error(`there is no ${label}`)
  const name = `${label} of ${seat.name}`
  const seen = seenOf.get(label) ?? []
  seenOf.set(label, seen)
  const wish = random.pick(['now', 'now', 'start', 'position'] as const)
  const known = wish === 'position' ? seen.at(-random.pick([1, 1, 2, 5])) : undefined
  const from = wish === 'position' && known === undefined ? 'now' : wish
  world.trace(`${name}: from ${known ?? from}`)
  hit(from === 'position' ? 'subscribed from a position' : `subscribed from ${from}`)
  let at = known ?? ''
  let isOpen = true
  let isBusy = false
  let hasBegun = false
  let given = 0
  const isSlow = random.chance(scenario.slowShare)
  // What a page does that is gone, nobody sees.
  const fail = (what: string) => seat.isThere && world.fail(`${name}, from ${from}: ${what}`)

  function take(number: number, position: string): Promise<void> | undefined {
    const entry = log?.byId(position)
    const last = parsePosition(at)
    if (!isOpen || seat.isClosed) fail(`got ${position} after it had left`)
    if (isBusy) fail(`got ${position} while it was busy`)
    if (entry?.number !== number) fail(`#${number} came as ${position}`)
    if (last && (last.epoch !== entry?.epoch || last.offset + 1 !== entry.offset)) fail(`${position} came after ${at}`)
    if (!last && !hasBegun) fail(`${position} came before there was a place`)
    if (!last && from === 'start' && entry?.offset !== 1) fail(`${position} came first`)
    at = position
    seen.push(position)
    given++
    if (!isSlow) return undefined
    isBusy = true
    return new Promise((resolve) => {
      const done = () => {
        isBusy = false
        resolve()
      }
      world.onClient(random.whole(1, 400), () => (seat.tab ? seat.tab.run(done) : done()))
    })
  }

  const subscription = seat.client.subscribe<{ number: number }>(
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
        const isBack = counts[0] > counts[1] && server.declared.has(`${label} ${to} lost`)
        if (counts[0] >= counts[1] && !isBack && parsePosition(at)?.epoch === parsePosition(to)?.epoch)
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
    name,
    label,
    seat,
    subscription,
    get given() {
      return given
    },
    get at() {
      return at
    },
    get isOpen() {
      return isOpen && seat.isThere && !seat.isClosed
    },
    get isAwake() {
      return isOpen && !seat.isClosed && (!seat.tab || seat.tab.state === 'alive')
    },
    isComplete: () =>
      subscription.state === 'connected' && !isBusy && hasBegun && at === log.top() && subscription.position === at,
    leave() {
      world.trace(`${name}: leaves`)
      isOpen = false
      hit('left')
      subscription.unsubscribe()
    },
  }
}
