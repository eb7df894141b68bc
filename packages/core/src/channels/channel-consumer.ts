import { backoffDelay } from '../backoff.ts'
import { createDeliveryBuffer } from '../delivery.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { sizeOf } from '../overflow.ts'
import { parsePosition } from '../protocol/position.ts'
import { createResume, stepsBetween } from '../resume.ts'
import { roomChanged } from '../stream.ts'
import { guard, push } from '../subscription.ts'

import type { StateChange } from '../handlers.ts'
import type { ConnectionState, StateReason } from '../machine.ts'
import type { ConnectionSettings } from '../options.ts'
import type { Gap, Resume } from '../resume.ts'
import type { SharedStream } from '../shared-stream.ts'
import type { Settings, Subscription } from '../subscription.ts'
import type { ChannelHandlers, ChannelOptions } from './channel-handlers.ts'

/** What a subscription has to know of its client. */
export interface ConsumerHost {
  readonly settings: Settings<never>
  readonly stream: SharedStream | undefined
  /** The last change of the connection. */
  readonly change: StateChange
  /** Those that have been full, and may be still. */
  readonly full: Set<Consumer>
  /** Those that may be told something yet: also of a channel that has ended, while events of it wait. */
  readonly open: Set<Consumer>
}

/** One subscription and its queue, changed by the functions of this file only. */
export interface Consumer extends Subscription<never> {
  readonly user: ChannelHandlers<never>
  readonly host: ConsumerHost
  readonly resume: Resume
  /** Where it wants to begin, `null` being from now on; undefined once it has. */
  start: string | null | undefined
  /** Whether it gets what comes over the present link. */
  isOn?: boolean
  state: ConnectionState
  /** Why it has ended. */
  over?: StateReason
  /** What the state that was loaded holds already. */
  loaded?: string
  cancelWait?: () => void
  /** Those of its channel, with itself. */
  peers?: Set<Consumer>
}

export function createConsumer(
  channel: string,
  user: ChannelHandlers<never>,
  { from = 'now', getState, schema }: ChannelOptions<never>,
  host: ConsumerHost,
): Consumer {
  const { settings } = host
  const resume = createResume(parsePosition(from) ? from : '')
  const consumer: Consumer = {
    id: channel,
    user,
    host,
    resume,
    start: from === 'now' ? null : from,
    state: 'disconnected',
    settings: { ...settings, schema },
    handlers: {
      ...user,
      onData: (data, { id }) =>
        isReached(id, consumer.loaded) ? undefined : user.onData?.(data, { channel, position: id }),
      async onGap(gap) {
        const { life } = consumer
        // The other kind stands for the beginning.
        if (gap.kind === 'lost') await guard(() => user.onGap?.({ ...gap, channel }), consumer)
        if (getState) await load(consumer, life, () => getState({ channel, position: gap.to ?? '' }))
      },
    },
    queue: createDeliveryBuffer(settings, sizeOf),
    life: 0,
    committedId: resume.lastEventId,
    persistedId: '',
    closesWhenFull: false,
    get stream() {
      return consumer.over ? undefined : host.stream
    },
    get isFull() {
      return consumer.queue.isFull
    },
    push: (item) => push(consumer, item),
    changed() {},
    release() {
      host.open.delete(consumer)
      // It may have been full to its end.
      if (host.stream) roomChanged(host.stream)
    },
  }
  host.open.add(consumer)
  return consumer
}

/** Whether what stands at `place` has had the event at `position`; of two lives of a channel nobody can know. */
export const isReached = (position: string, place = ''): boolean =>
  stepsBetween(parsePosition(position), parsePosition(place)) >= 0

/** Milliseconds before retry `attempt` (0-based) of what fails while the connection stands. */
export const retryDelayMs = (
  { clock, retryDelay, minRetryDelay, maxRetryDelay: maxMs, jitter }: ConnectionSettings,
  attempt: number,
): number => backoffDelay(attempt, { baseMs: Math.max(retryDelay, minRetryDelay), maxMs, jitter }, () => clock.random())

/** Has the user load his state, again until it works or the subscription has ended. */
async function load(consumer: Consumer, life: number, ask: () => unknown): Promise<void> {
  const { settings } = consumer
  for (let attempt = 0; life === consumer.life; attempt++) {
    try {
      const reached = await ask()
      if (typeof reached === 'string') consumer.loaded = reached
      return
    } catch (thrown) {
      if (life !== consumer.life) return
      fail(consumer, toStreamError(thrown, 'REQUEST', 'getState failed'))
      await new Promise<void>((resolve) => {
        consumer.cancelWait = settings.clock.after(retryDelayMs(settings, attempt), resolve)
      })
    }
  }
}

/** Takes in the place that has been reached, and the gap before it. */
const move = (consumer: Consumer, gap?: Gap) => push(consumer, { gap, cursor: consumer.resume.lastEventId })

/**
 * The server follows the channel for it from here on.
 * @param asked for what place, where that is not honoured: the server says so again in a gap, which may be lost
 */
export function begin(consumer: Consumer, position: string, recovered?: boolean, asked?: unknown): void {
  const { resume, start, user } = consumer
  consumer.start = undefined
  consumer.isOn = true
  resume.opened()
  resume.connected(undefined)
  const gap = recovered === false ? resume.declared(position, asked) : resume.moved(position)
  move(consumer, start === null ? { kind: 'unknown', to: position } : gap)
  guard(() => user.onSubscribed?.({ position, recovered }))
  update(consumer)
}

/** @returns whether the event is news. */
export function receive(consumer: Consumer, id: string, data: string): boolean {
  const event = { type: 'message', data, id }
  const gap = consumer.resume.received(event)
  if (gap === 'drop') return false
  if (gap) move(consumer, gap)
  const isLong = data.length > consumer.settings.maxEventSize
  const error = isLong ? new StreamError('EVENT_TOO_LARGE', 'skipped event over maxEventSize') : undefined
  push(consumer, { event, error, cursor: id })
  if (consumer.isFull) consumer.host.full.add(consumer)
  return true
}

/** Events up to `to` are lost to one who had come as far as `from`. */
export const declare = (consumer: Consumer, to: string, from: unknown): void =>
  move(consumer, consumer.resume.declared(to, from))

/** The channel has ended. */
export function complete(consumer: Consumer, position: string): void {
  move(consumer, consumer.resume.moved(position))
  consumer.over = 'completed'
  push(consumer, { isEnd: true, cursor: consumer.resume.lastEventId })
  update(consumer)
}

/** Something failed, and will be tried again while the subscription lives. */
export function fail(consumer: Consumer, error: StreamError): void {
  error.willRetry = !consumer.over
  guard(() => consumer.user.onError?.(error))
}

/** Ends it: what waits is dropped, and whoever goes through those of its channel comes by it no more. */
export function end(consumer: Consumer, reason: StateReason, error?: StreamError): void {
  const { queue, inHand, isChecking } = consumer
  consumer.over ??= reason
  consumer.life++
  consumer.peers?.delete(consumer)
  queue.clear()
  consumer.release()
  consumer.cancelBatch?.()
  consumer.cancelWait?.()
  // What a handler has been given it does not get again.
  if (!isChecking) consumer.committedId = inHand ?? consumer.committedId
  if (error) fail(consumer, error)
  update(consumer, error)
}

/** Tells of the state that follows from what has changed. */
export function update(consumer: Consumer, error?: StreamError): void {
  const { host, isOn, over, start, state: previous, user } = consumer
  const { state: of, reason } = host.change
  const waiting = start === undefined ? 'retrying' : 'connecting'
  const rest = over === 'fatal' ? 'error' : 'disconnected'
  const state = over ? rest : isOn ? 'connected' : /^[de]/.test(of) ? of : waiting
  consumer.state = state
  if (state !== previous)
    guard(() => user.onStateChange?.({ ...host.change, state, previous, reason: over ?? reason, error }))
}
