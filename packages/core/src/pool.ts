import { dispatch, roomChanged } from './stream.ts'

import type { SharedStream } from './stream.ts'
import type { Subscriber } from './subscriber.ts'

/** A connection in use, or lingering. */
export interface Pooled {
  readonly stream: SharedStream
  readonly key: string | undefined
  /** Milliseconds since 1970. */
  readonly since: number
  /** The longest-standing subscriber's ID; the last one's while the link lingers. */
  id: string
  cancelLinger: (() => void) | undefined
}

export interface Pool {
  /** Joins the connection of this key, or the one that `make` makes, which then waits to be started. */
  join(key: string | undefined, subscriber: Subscriber, make: (onIdle: () => void) => SharedStream): Pooled
  /** The last one to leave ends the connection: at once, or after it has lingered. */
  leave(pooled: Pooled, subscriber: Subscriber, mayLinger: boolean): void
  /** Ends whatever still lingers. */
  endLingering(): void
  all(): readonly Pooled[]
}

const isJoinable = ({ machine: { status, reason } }: SharedStream) =>
  reason === 'created' || (status !== 'error' && status !== 'disconnected')

/** Connections by key, with a count of those who use them. */
export function createPool(): Pool {
  const pooledStreams = new Set<Pooled>()
  const byKey = new Map<string, Pooled>()

  function forget(pooled: Pooled): void {
    if (pooled.key !== undefined && byKey.get(pooled.key) === pooled) byKey.delete(pooled.key)
  }

  function end(pooled: Pooled): void {
    forget(pooled)
    pooled.cancelLinger?.()
    pooledStreams.delete(pooled)
    dispatch(pooled.stream, 'stop')
  }

  function add(key: string | undefined, id: string, make: (onIdle: () => void) => SharedStream): Pooled {
    const stream = make(() => {
      // A stream that is over is not joined any more, though its own subscribers may start it again.
      forget(pooled)
      if (stream.subscribers.size === 0) end(pooled)
    })
    const pooled: Pooled = { stream, key, since: stream.settings.clock.wallNow(), id, cancelLinger: undefined }
    pooledStreams.add(pooled)
    if (key !== undefined) byKey.set(key, pooled)
    return pooled
  }

  return {
    join(key, subscriber, make) {
      const found = key === undefined ? undefined : byKey.get(key)
      // One that is over may not have told everybody yet.
      const shared = found && isJoinable(found.stream) ? found : undefined
      const pooled = shared ?? add(key, subscriber.id, make)
      const { stream } = pooled
      pooled.cancelLinger?.()
      pooled.cancelLinger = undefined
      if (!stream.subscribers.size) pooled.id = subscriber.id
      stream.subscribers.add(subscriber)
      roomChanged(stream)
      return pooled
    },
    leave(pooled, subscriber, mayLinger) {
      const { stream } = pooled
      if (!stream.subscribers.delete(subscriber)) return
      const [first] = stream.subscribers
      pooled.id = first?.id ?? subscriber.id
      const { status } = stream.machine
      const { clock, linger } = stream.settings
      if (first) roomChanged(stream)
      else if (
        mayLinger &&
        linger > 0 &&
        pooled.key !== undefined &&
        (status === 'connected' || status === 'connecting')
      )
        pooled.cancelLinger = clock.after(linger, () => end(pooled))
      else end(pooled)
    },
    endLingering() {
      for (const pooled of pooledStreams) if (pooled.stream.subscribers.size === 0) end(pooled)
    },
    all: () => [...pooledStreams],
  }
}
