import { comparable } from './identity.ts'
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
] as readonly (keyof StreamConfig<unknown>)[]

/**
 * What two streams must have in common to share a connection; `undefined` for one that shares with nobody. A place to
 * start from is a reason of its own to dial: a shared link has gone past it.
 */
export function poolKeyOf<T>(transport: Transport, config: StreamConfig<T>): string | undefined {
  const { pool = true, poolKey, from = 'now', lastEventId, persist } = config
  if (!pool || from !== 'now' || lastEventId !== undefined || persist) return undefined
  if (poolKey !== undefined) return `key ${poolKey}`
  if (transport.poolKey === undefined) return undefined
  return JSON.stringify([transport.poolKey, ...compared.map((name) => comparable(config[name]))])
}
