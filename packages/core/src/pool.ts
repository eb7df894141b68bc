import { admit, admitNext } from './connection-budget.ts'
import { watchLifecycle } from './lifecycle.ts'
import { dial } from './link.ts'
import { connectionDefaults } from './options.ts'
import { createSharedStream, isLive } from './shared-stream.ts'
import { dispatch, isUnrepeatable, roomChanged } from './stream.ts'

import type { Subscriber } from './item.ts'
import type { PauseReason } from './machine.ts'
import type { ConnectionSettings, StreamConfig } from './options.ts'
import type { SharedStream } from './shared-stream.ts'
import type { Settings } from './subscription.ts'
import type { Transports } from './transports/transport.ts'

const compared = [
  ...Object.keys(connectionDefaults),
  'heartbeatInterval',
  'shouldRetry',
  'refreshAuth',
  'maxConnectionsPerOrigin',
  'retryUnsafe',
  'reconnectOnClose',
  'isComplete',
  'clock',
] as readonly (keyof StreamConfig<unknown>)[]

/**
 * What two streams must have in common to share a connection; `undefined` for one that shares with nobody. A place to
 * start from is a reason of its own to dial: a shared link has gone past it.
 */
function poolKeyOf<T>(transports: Transports, settings: Settings<T>, from: string): readonly unknown[] | undefined {
  const { pool = true, poolKey, persist } = settings
  if (!pool || settings.from === 'start' || settings.lastEventId !== undefined || persist || from) return undefined
  if (poolKey !== undefined) return [poolKey]
  if (transports.some((each) => !each.poolKey)) return undefined
  const parts = transports.flatMap((each) => [each.name, ...(each.poolKey ?? [])])
  return [...parts, JSON.stringify(settings.whenHidden), ...compared.map((name) => (settings as StreamConfig)[name])]
}

/** Joins an equal connection, or makes one, which then waits to be started. */
export function joinConnection<T>(
  connections: Set<SharedStream>,
  subscriber: Subscriber,
  transports: Transports,
  settings: Settings<T>,
  lastEventId: string,
): SharedStream {
  const key = poolKeyOf(transports, settings, lastEventId)
  const isEqual = (other: SharedStream) =>
    other.key?.length === key?.length &&
    key?.every((part, i) => Object.is(part, other.key?.[i])) &&
    (other.machine.reason === 'created' || isLive(other))
  const stream =
    [...connections].find(isEqual) ?? makeConnection(connections, transports, { ...settings, lastEventId }, key)
  stream.cancelLinger?.()
  stream.cancelLinger = undefined
  if (!stream.subscribers.size) stream.id = subscriber.id
  stream.subscribers.add(subscriber)
  roomChanged(stream)
  return stream
}

function makeConnection(
  connections: Set<SharedStream>,
  transports: Transports,
  settings: ConnectionSettings,
  key: SharedStream['key'],
): SharedStream {
  const begin = () => {
    dial(stream)
    // Another transport may lead elsewhere.
    if (stream.choice) admitNext(connections)
  }
  const stream = createSharedStream(transports[0], settings, key, begin, () => {
    if (!stream.subscribers.size) endConnection(connections, stream)
    else admitNext(connections)
  })
  const choose = transports.find((each) => each.choose)?.choose
  if (choose && transports.length > 1)
    stream.choice = choose(transports, {
      clock: settings.clock,
      maxEventSize: settings.maxEventSize,
      token: () => stream.resume.token,
      status: () => stream.machine.status,
      redial: (reason) => dispatch(stream, 'redial', undefined, reason),
      follows: () => admitNext(connections),
    })
  connections.add(stream)
  admit(connections, stream)
  stream.unwatch = watchLifecycle({
    clock: settings.clock,
    whenHidden: settings.whenHidden ?? 'keep',
    on(...[event, what]) {
      // A request that must not be repeated goes on for as long as the browser lets it.
      if (event === 'pause' && what !== 'offline' && stream.link && isUnrepeatable(stream)) return
      // It gave its place up when it gave up.
      if (event === 'hint' && stream.machine.reason === 'max-retries') admit(connections, stream)
      // The machine has no use for what a hint is about.
      dispatch(stream, event, undefined, what as PauseReason)
    },
  })
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
  stream.unwatch?.()
  if (connections.delete(stream)) admitNext(connections)
  dispatch(stream, 'stop')
}
