import { connectionDefaults } from './options.ts'

import type { StreamConfig } from './options.ts'
import type { Transport } from './transports/transport.ts'

const compared = [
  ...Object.keys(connectionDefaults),
  'heartbeatInterval',
  'shouldRetry',
  'retryUnsafe',
  'reconnectOnClose',
  'isComplete',
  'clock',
  'fetch',
] as readonly (keyof StreamConfig<unknown>)[]

const numbers = new WeakMap<object, number>()
let lastNumber = 0

/**
 * What two streams must have in common to share a connection; `undefined` for one that shares with nobody. A place to
 * start from is a reason of its own to dial: a shared link has gone past it.
 */
export function poolKeyOf<T>(transport: Transport, config: StreamConfig<T>): string | undefined {
  const { pool = true, poolKey, from = 'now', lastEventId, persist } = config
  if (!pool) return undefined
  if (poolKey !== undefined) return `key ${poolKey}`
  if (transport.poolKey === undefined || from !== 'now' || lastEventId !== undefined || persist) return undefined
  return JSON.stringify([transport.poolKey, ...compared.map((name) => comparable(config[name]))])
}

/** Functions and objects are the same only if they are identical. */
function comparable(value: unknown): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return value === Infinity ? 'Infinity' : value
  let number = numbers.get(value)
  if (number === undefined) numbers.set(value, (number = ++lastNumber))
  return [number]
}
