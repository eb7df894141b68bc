import { nextFrame, reportThrown } from './env.ts'
import { toStreamError } from './errors.ts'
import { absent } from './handlers.ts'
import { checkSchema } from './schema.ts'
import { isLive } from './shared-stream.ts'
import { roomChanged } from './stream.ts'

import type { DeliveryBuffer } from './delivery.ts'
import type { StreamError } from './errors.ts'
import type { AnyHandlers, EventMeta, RawEvent, StateChange, StreamEvent } from './handlers.ts'
import type { Item, Subscriber } from './item.ts'
import type { ConnectionSettings, SubscriberOptions } from './options.ts'
import type { SharedStream } from './shared-stream.ts'

export type Settings<T> = ConnectionSettings & SubscriberOptions<T, unknown>

/** A consumer and its queue, changed by the functions of this file and of open-stream.ts only. */
export interface Subscription<T> extends Subscriber {
  readonly settings: Settings<T>
  readonly handlers: AnyHandlers<T>
  readonly queue: DeliveryBuffer<Item>
  /** Undefined before the start and after the end. */
  stream?: SharedStream | undefined
  /** Counts starts and ends: what was begun in another life is over. */
  life: number
  /** ID of the last event whose handling is over. */
  committedId: string
  persistedId: string
  /** The ID to commit once the item in hand is handled; undefined where there is none. */
  inHand?: string | undefined
  /**
   * Whether nobody has been given the item in hand yet: `parse` or a schema looks at it, no loop has taken it, or nobody is
   * there.
   */
  isChecking?: boolean
  /** Ends the wait for the next batch. */
  cancelBatch?: () => void
  /** Where events go instead of `onData`, for async iteration: the promise settles when the next one is wanted. */
  pull?: (event: StreamEvent<T>) => Promise<void>
  /** Called after everything else, with the failure that ended the stream, if one did. */
  finished?: ((error?: StreamError) => void) | undefined
  /** Gives back what it holds: it has completed. */
  release(): void
}

type Pending = PromiseLike<unknown> | undefined
type InHand = Pick<Subscription<never>, 'life' | 'isChecking'>

/**
 * Calls user code; what it throws is the user's to see, and no reason for anything here to stop.
 * @param item whose item in hand it is called with, again where nobody was there
 */
export function guard(call: () => unknown, item?: InHand): Pending {
  try {
    // Handlers may return anything; what can be waited for has a `then`.
    const result = call() as (PromiseLike<unknown> & { readonly [absent]?: true }) | undefined
    if (typeof result?.then !== 'function') return undefined
    const pending = Promise.resolve(result).catch(reportThrown)
    if (!item || !result[absent]) return pending
    const { life } = item
    item.isChecking = true
    return pending.then(() => (isWanted(item, life) ? guard(call, item) : undefined))
  } catch (error) {
    reportThrown(error)
    return undefined
  }
}

export function push<T>(subscription: Subscription<T>, item: Item): void {
  const { queue, handlers, inHand } = subscription
  const { event, gap, comment, isEnd, cursor } = item
  if (comment !== undefined && !handlers.onComment) return
  const isFirst = !queue.length
  queue.push(item)
  if (!isFirst) return
  // Nobody is told of a place alone: with nothing before it, it is reached, though its batch may be dropped.
  if (inHand === undefined && !event && !gap && !isEnd && comment === undefined) subscription.committedId = cursor
  schedule(subscription)
}

/** Has the queue handled in a moment: outside of the transport's stack, or with the next frame or interval. */
function schedule<T>(subscription: Subscription<T>): void {
  const { batch, clock } = subscription.settings
  const start = () => run(subscription)
  if (batch === undefined) queueMicrotask(start)
  else subscription.cancelBatch = batch === 'frame' ? nextFrame(clock, start) : clock.after(batch, start)
}

/** Hands what waits to the handlers, one after the other and never within the transport's stack. */
function run<T>(subscription: Subscription<T>): void {
  const { queue } = subscription
  while (subscription.inHand === undefined) {
    const { life } = subscription
    const wasFull = queue.isFull
    const item = queue.shift()
    // A consumer that was busy may be ahead of its timer.
    if (!queue.length) subscription.cancelBatch?.()
    if (wasFull && !queue.isFull && subscription.stream) roomChanged(subscription.stream)
    if (!item) break
    subscription.inHand = item.cursor
    const pending = handle(subscription, item)
    if (!pending) commit(subscription, life, item)
    else void pending.then(() => commit(subscription, life, item) && run(subscription))
  }
  save(subscription)
}

/** @returns whether it still counts: what was closed meanwhile was handled then, and the next life may be further on. */
function commit<T>(subscription: Subscription<T>, life: number, { cursor }: Item): boolean {
  if (life !== subscription.life) return false
  subscription.committedId = cursor
  subscription.inHand = undefined
  return true
}

/** Once per turn and not per event: nothing can come between two events of one turn. */
export function save<T>(subscription: Subscription<T>): void {
  const { committedId, persistedId, settings } = subscription
  if (committedId !== persistedId) guard(() => settings.persist?.set((subscription.persistedId = committedId)))
}

/** Tells an iterator that no more will come. */
export function finish<T>(subscription: Subscription<T>, error?: StreamError): void {
  subscription.finished?.(error)
  subscription.finished = undefined
}

/** @returns a promise if the next item has to wait. */
function handle<T>(subscription: Subscription<T>, { event, error, isLast, gap, comment, isEnd }: Item): Pending {
  const { handlers, queue, stream } = subscription
  if (gap) return guard(() => handlers.onGap?.(gap), subscription)
  if (comment !== undefined) return guard(() => handlers.onComment?.(comment), subscription)
  if (event) return error ? reject(subscription, error, event) : give(subscription, event, isLast)
  // An end with something behind it has been overtaken by a new start.
  if (!isEnd || queue.length || (stream && isLive(stream))) return undefined
  // First, as onComplete may start the stream again.
  if (!error) subscription.release()
  const pending = error ? undefined : guard(() => handlers.onComplete?.(), subscription)
  finish(subscription, error)
  return pending
}

function give<T>(subscription: Subscription<T>, event: RawEvent, isLast: boolean | undefined): Pending {
  const { settings, life } = subscription
  const { type, id, data: text, binary } = event
  const { parse, schema } = settings
  const meta = { type, id }
  let received: T
  subscription.isChecking = true
  try {
    // Without a schema, what the server sends is of type T by the user's word alone.
    received = (binary ??
      (typeof parse === 'function' ? parse(text, event) : parse === 'text' ? text : JSON.parse(text))) as T
  } catch (thrown) {
    // A last event such as `[DONE]` may be no data, and nobody takes it for any.
    if (!isWanted(subscription, life) || isLast) return undefined
    return reject(subscription, toStreamError(thrown, 'PARSE', `skipped event ${id} (${text.slice(0, 80)})`), event)
  }
  if (!schema) return isWanted(subscription, life) ? deliver(subscription, received, meta, received) : undefined
  return checkSchema(schema, received, meta).then(({ error, value }) => {
    if (!isWanted(subscription, life)) return undefined
    return error ? reject(subscription, error, event) : deliver(subscription, value, meta, received)
  })
}

/** @returns whether the item in hand may be given on: the stream may have been closed meanwhile. */
function isWanted(subscription: InHand, life: number): boolean {
  if (life !== subscription.life) return false
  subscription.isChecking = false
  return true
}

function deliver<T>(subscription: Subscription<T>, data: T, meta: EventMeta, received: unknown): Pending {
  if (subscription.pull) return subscription.pull({ ...meta, data })
  const { handlers, life } = subscription
  const { onData, events } = handlers
  const first = onData && guard(() => onData(data, meta), subscription)
  if (!events) return first
  // A schema may take the `type` away, or make it. Whatever the server sends: only a string is a name, and only what the
  // user named is a handler.
  const name = [meta, data, received]
    .map((each) => (each as { readonly type?: unknown } | null | undefined)?.type)
    // Where there is none, no handler has the name `undefined`, as far as names go.
    .find((type) => typeof type === 'string' && Object.hasOwn(events, type) && events[type]) as string
  const second = () => guard(() => life === subscription.life && events[name]?.(data, meta))
  return first ? first.then(second) : second()
}

function reject<T>(subscription: Subscription<T>, error: StreamError, event: RawEvent): Pending {
  const { onInvalid, onError } = subscription.handlers
  error.willRetry = true
  return guard(() => (onInvalid ?? onError ?? reportThrown)(error, event), subscription)
}

/** Tells the handlers of a change, and of the failure that made it; none of them once one has closed the stream. */
export function tell<T>(subscription: Subscription<T>, change: StateChange): void {
  const { handlers, life } = subscription
  const { error, state } = change
  const call = (handler: () => unknown) => life === subscription.life && guard(handler)
  if (error) call(() => handlers.onError?.(error))
  call(() => handlers.onStateChange?.(change))
  if (state === 'connected') call(() => handlers.onOpen?.())
}
