import { decode } from './decode.ts'
import { createDeliveryBuffer } from './delivery.ts'
import { reportThrown } from './env.ts'

import type { BufferBounds } from './delivery.ts'
import type { StreamError } from './errors.ts'
import type { RawEvent, StateChange, StreamEvent, StreamHandlers } from './handlers.ts'
import type { SubscriberOptions } from './options.ts'
import type { Item } from './receiver.ts'
import type { Subscriber } from './subscriber.ts'

/** What a subscription needs from those around it. */
export interface SubscriptionHost {
  /** A full buffer has room again. */
  onRoom(): void
  /** Whether the stream has not been started again since it ended. */
  isOver(): boolean
  /** No more will come, and everything that came has been handled. */
  onEnd(error: StreamError | undefined): void
  onStateChange(change: StateChange): void
}

export interface Subscription<T> extends Subscriber {
  /** ID of the last event whose handling is over. */
  committedId: string
  /** Where events go instead of `onData`, for async iteration: the promise settles when the next one is wanted. */
  pull: ((event: StreamEvent<T>) => Promise<void>) | undefined
  /** Called after everything else, with the failure that ended the stream, if one did. */
  finished: ((error: StreamError | undefined) => void) | undefined
  /** Drops what waits. Nothing is handled after it. */
  close(): void
}

type Pending = PromiseLike<unknown> | undefined

/** In characters; an item weighs something besides its text. */
const sizeOf = ({ event, comment }: Item) => 64 + (event ?? { data: comment ?? '' }).data.length

/** Calls user code; what it throws is the user's to see, and no reason for anything here to stop. */
function guard(call: () => unknown): Pending {
  try {
    const result = call()
    // Handlers may return anything; what can be waited for has a `then`.
    return typeof (result as Pending)?.then === 'function' ? Promise.resolve(result).catch(reportThrown) : undefined
  } catch (error) {
    reportThrown(error)
    return undefined
  }
}

/** A consumer's queue: it hands what waits to the handlers, one after the other and never within the transport's stack. */
export function createSubscription<T>(
  id: string,
  handlers: StreamHandlers<T>,
  { parse, persist }: SubscriberOptions<T>,
  bounds: BufferBounds,
  host: SubscriptionHost,
): Subscription<T> {
  const buffer = createDeliveryBuffer<Item>(bounds, sizeOf)
  let isRunning = false
  let isClosed = false
  let persistedId = ''
  /** The ID to commit once the item in hand is handled. */
  let inHand = ''

  function take(): Item | undefined {
    const wasFull = buffer.isFull
    const item = isClosed ? undefined : buffer.shift()
    if (wasFull && !buffer.isFull) host.onRoom()
    return item
  }

  function run(): void {
    if (isRunning) return
    isRunning = true
    for (let item; (item = take());) {
      const { cursor } = item
      inHand = cursor
      const pending = handle(item)
      if (pending) {
        save()
        void pending.then(() => {
          // Closed meanwhile: the event counted as handled then, and another subscription may be further on.
          if (isClosed) return
          subscription.committedId = cursor
          isRunning = false
          run()
        })
        return
      }
      subscription.committedId = cursor
    }
    isRunning = false
    save()
  }

  /** Once per turn and not per event: nothing can come between two events of one turn. */
  function save(): void {
    const { committedId } = subscription
    if (committedId !== persistedId) guard(() => persist?.set((persistedId = committedId)))
  }

  /** @returns a promise if the next item has to wait. */
  function handle({ event, error, isLast, gap, comment, isEnd }: Item): Pending {
    if (gap) return guard(() => handlers.onGap?.(gap))
    if (comment !== undefined) return guard(() => handlers.onComment?.(comment))
    if (event) return error ? reject(error, event) : give(event, isLast)
    // An end with something behind it has been overtaken by a new start.
    if (!isEnd || buffer.length || !host.isOver()) return undefined
    // First, as onComplete may start the stream again.
    host.onEnd(error)
    const pending = error ? undefined : guard(() => handlers.onComplete?.())
    subscription.finished?.(error)
    return pending
  }

  function give(event: RawEvent, isLast: boolean | undefined): Pending {
    const { data, error } = decode(event, parse)
    // A last event such as `[DONE]` may be no data, and nobody takes it for any.
    if (error) return isLast ? undefined : reject(error, event)
    const { type } = event
    const meta = { type, id: event.id }
    if (subscription.pull) return subscription.pull({ ...meta, data: data })
    const { onData, events = {} } = handlers
    const handlerOf = (name: string) => (Object.hasOwn(events, name) ? events[name] : undefined)
    const inData: unknown = Object(data).type
    // Whatever the server sends: only a string is a name.
    const named = handlerOf(type) ?? (typeof inData === 'string' ? handlerOf(inData) : undefined)
    const first = guard(() => onData?.(data, meta))
    const second = () => guard(() => !isClosed && named?.(data, meta))
    return first ? first.then(second) : second()
  }

  function reject(error: StreamError, event: RawEvent): Pending {
    const { onInvalid, onError } = handlers
    error.willRetry = true
    return guard(() => (onInvalid ? onInvalid(error, event) : onError ? onError(error) : reportThrown(error)))
  }

  const subscription: Subscription<T> = {
    id,
    get isFull() {
      return buffer.isFull
    },
    committedId: '',
    pull: undefined,
    finished: undefined,
    push(item) {
      if (item.comment !== undefined && !handlers.onComment) return
      buffer.push(item)
      if (buffer.length === 1) queueMicrotask(run)
    },
    stateChanged(change) {
      if (isClosed && change.reason !== 'closed') return
      host.onStateChange(change)
      guard(() => handlers.onStateChange?.(change))
      if (change.state === 'connected' && !isClosed) guard(() => handlers.onOpen?.())
    },
    failed: (error) => void (isClosed || guard(() => handlers.onError?.(error))),
    close() {
      isClosed = true
      buffer.clear()
      // What a handler has been given it does not get again from a stream that starts anew.
      if (isRunning) subscription.committedId = inHand
      save()
      subscription.finished?.(undefined)
    },
  }
  return subscription
}
