import { decode } from './decode.ts'
import { createDeliveryBuffer } from './delivery.ts'
import { reportThrown } from './env.ts'

import type { Decoded } from './decode.ts'
import type { BufferBounds, DeliveryBuffer } from './delivery.ts'
import type { StreamError } from './errors.ts'
import type { EventMeta, RawEvent, StateChange, StreamEvent, StreamHandlers } from './handlers.ts'
import type { SubscriberOptions } from './options.ts'
import type { Item } from './receiver.ts'
import type { Subscriber } from './subscriber.ts'

/** What a subscription needs from those around it. */
export interface SubscriptionHost {
  /** A full buffer has room again. */
  onRoom(): void
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

/** The subscription's inside, changed by the functions of this file only. */
interface Queue<T> {
  readonly subscription: Subscription<T>
  readonly handlers: StreamHandlers<T>
  readonly options: SubscriberOptions<T>
  readonly host: SubscriptionHost
  readonly buffer: DeliveryBuffer<Item>
  isRunning: boolean
  isClosed: boolean
  persistedId: string
}

const itemOverhead = 64

export function createSubscription<T>(
  id: string,
  handlers: StreamHandlers<T>,
  options: SubscriberOptions<T>,
  bounds: BufferBounds,
  host: SubscriptionHost,
): Subscription<T> {
  const buffer = createDeliveryBuffer<Item>(bounds)
  const subscription: Subscription<T> = {
    id,
    get isFull() {
      return buffer.isFull
    },
    committedId: '',
    pull: undefined,
    finished: undefined,
    push(item) {
      if (queue.isClosed) return
      buffer.push(item, itemOverhead + ('event' in item ? item.event.data.length : 0))
      if (buffer.length === 1) queueMicrotask(() => run(queue))
    },
    stateChanged(change) {
      guard(() => handlers.onStateChange?.(change))
      host.onStateChange(change)
    },
    failed: (error) => guard(() => handlers.onError?.(error)),
    opened: () => guard(() => handlers.onOpen?.()),
    commented(text) {
      if (handlers.onComment) queueMicrotask(() => queue.isClosed || guard(() => handlers.onComment?.(text)))
    },
    close() {
      queue.isClosed = true
      buffer.clear()
      subscription.finished?.(undefined)
    },
  }
  const queue: Queue<T> = {
    subscription,
    handlers,
    options,
    host,
    buffer,
    isRunning: false,
    isClosed: false,
    persistedId: '',
  }
  return subscription
}

/** Calls user code; what it throws is the user's to see, and no reason for anything here to stop. */
function guard(call: () => unknown): PromiseLike<unknown> | undefined {
  try {
    const result = call()
    // Handlers may return anything; what can be waited for has a `then`.
    if (typeof (result as PromiseLike<unknown> | undefined)?.then !== 'function') return undefined
    return Promise.resolve(result).catch(reportThrown)
  } catch (error) {
    reportThrown(error)
    return undefined
  }
}

/** Handles what waits, one after the other, until there is nothing left or something has to be waited for. */
function run<T>(queue: Queue<T>): void {
  if (queue.isRunning) return
  queue.isRunning = true
  for (let item = take(queue); item; item = take(queue)) {
    const { cursor } = item
    const pending = handle(queue, item)
    if (pending) {
      persist(queue)
      void pending.then(() => {
        commit(queue, cursor)
        queue.isRunning = false
        run(queue)
      })
      return
    }
    commit(queue, cursor)
  }
  queue.isRunning = false
  persist(queue)
}

function take<T>({ buffer, host, isClosed }: Queue<T>): Item | undefined {
  if (isClosed) return undefined
  const wasFull = buffer.isFull
  const item = buffer.shift()
  if (wasFull && !buffer.isFull) host.onRoom()
  return item
}

function commit<T>(queue: Queue<T>, cursor: string): void {
  queue.subscription.committedId = cursor
}

/** Once per turn and not per event: nothing can come between two events of one turn. */
function persist<T>(queue: Queue<T>): void {
  const { subscription, options } = queue
  if (!options.persist || subscription.committedId === queue.persistedId) return
  queue.persistedId = subscription.committedId
  guard(() => options.persist?.set(subscription.committedId))
}

/** @returns a promise if the next item has to wait. */
function handle<T>(queue: Queue<T>, item: Item): PromiseLike<unknown> | undefined {
  const { handlers } = queue
  switch (item.kind) {
    case 'moved':
      return undefined
    case 'gap':
      return guard(() => handlers.onGap?.(item.gap))
    case 'invalid':
      return reportInvalid(handlers, item.error, item.event)
    case 'end':
      return finish(queue, item.error)
    case 'event': {
      const decoded = decode(item.event, queue.options)
      return 'then' in decoded
        ? decoded.then((late) => give(queue, item.event, item.isLast, late))
        : give(queue, item.event, item.isLast, decoded)
    }
  }
}

function give<T>(
  { subscription, handlers, isClosed }: Queue<T>,
  event: RawEvent,
  isLast: boolean,
  decoded: Decoded<T>,
) {
  if (isClosed) return undefined
  if ('error' in decoded) {
    // A marker such as `[DONE]` is no data, and nobody takes it for any.
    return isLast ? undefined : reportInvalid(handlers, decoded.error, event)
  }
  const { data } = decoded
  const meta: EventMeta = { type: event.type, id: event.id }
  if (subscription.pull) return subscription.pull({ ...meta, data })
  const first = guard(() => handlers.onData?.(data, meta))
  const named = namedHandler(handlers, event.type, data)
  if (!named) return first
  return first ? first.then(() => guard(() => named(data, meta))) : guard(() => named(data, meta))
}

function namedHandler<T>({ events }: StreamHandlers<T>, type: string, data: T) {
  if (!events) return undefined
  if (Object.hasOwn(events, type)) return events[type]
  const inData: unknown = typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined
  return typeof inData === 'string' && Object.hasOwn(events, inData) ? events[inData] : undefined
}

function reportInvalid<T>({ onInvalid, onError }: StreamHandlers<T>, error: StreamError, event: RawEvent) {
  return guard(() => (onInvalid ? onInvalid(error, event) : onError ? onError(error) : reportThrown(error)))
}

function finish<T>({ subscription, handlers, host }: Queue<T>, error: StreamError | undefined) {
  const pending = error ? undefined : guard(() => handlers.onComplete?.())
  host.onEnd(error)
  subscription.finished?.(error)
  return pending
}
