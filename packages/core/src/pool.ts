import { dial } from './link.ts'
import { connectionDefaults } from './options.ts'
import { createSharedStream, isLive } from './shared-stream.ts'
import { dispatch, roomChanged } from './stream.ts'

import type { Subscriber } from './item.ts'
import type { StreamConfig } from './options.ts'
import type { SharedStream } from './shared-stream.ts'
import type { Settings } from './subscription.ts'
import type { Transport } from './transports/transport.ts'

const compared = [
  ...Object.keys(connectionDefaults),
  'heartbeatInterval',
  'shouldRetry',
  'refreshAuth',
  'retryUnsafe',
  'reconnectOnClose',
  'isComplete',
  'clock',
] as readonly (keyof StreamConfig<unknown>)[]

/**
 * What two streams must have in common to share a connection; `undefined` for one that shares with nobody. A place to
 * start from is a reason of its own to dial: a shared link has gone past it.
 */
function poolKeyOf<T>(transport: Transport, settings: Settings<T>, from: string): readonly unknown[] | undefined {
  const { pool = true, poolKey, persist } = settings
  if (!pool || settings.from === 'start' || settings.lastEventId !== undefined || persist || from) return undefined
  if (poolKey !== undefined) return [poolKey]
  return transport.poolKey && [...transport.poolKey, ...compared.map((name) => (settings as StreamConfig)[name])]
}

/** Joins an equal connection, or makes one, which then waits to be started. */
export function joinConnection<T>(
  connections: Set<SharedStream>,
  subscriber: Subscriber,
  transport: Transport,
  settings: Settings<T>,
  lastEventId: string,
): SharedStream {
  const key = poolKeyOf(transport, settings, lastEventId)
  const isEqual = (other: SharedStream) =>
    other.key?.length === key?.length &&
    key?.every((part, i) => Object.is(part, other.key?.[i])) &&
    (other.machine.reason === 'created' || isLive(other))
  let stream = [...connections].find(isEqual)
  if (!stream) {
    stream = createSharedStream(transport, { ...settings, lastEventId }, key, dial, (idle) => {
      if (!idle.subscribers.size) endConnection(connections, idle)
    })
    connections.add(stream)
  }
  stream.cancelLinger?.()
  stream.cancelLinger = undefined
  if (!stream.subscribers.size) stream.id = subscriber.id
  stream.subscribers.add(subscriber)
  roomChanged(stream)
  return stream
}

/** The last one to leave ends the connection: at once, or after it has lingered. */
export function leaveConnection(
  connections: Set<SharedStream>,
  subscriber: Subscriber,
  stream: SharedStream,
  mayLinger: boolean,
): void {
  const { subscribers, machine, settings, key, transport } = stream
  subscribers.delete(subscriber)
  const [first] = subscribers
  stream.id = (first ?? subscriber).id
  const end = () => endConnection(connections, stream)
  if (first) roomChanged(stream)
  else if (mayLinger && settings.linger && key && transport.holdsBack !== false && machine.status.startsWith('connect'))
    stream.cancelLinger = settings.clock.after(settings.linger, end)
  else end()
}

export function endConnection(connections: Set<SharedStream>, stream: SharedStream): void {
  stream.cancelLinger?.()
  connections.delete(stream)
  dispatch(stream, 'stop')
}
