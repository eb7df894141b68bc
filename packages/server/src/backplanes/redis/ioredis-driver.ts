import { connectUnless } from './connect-unless.ts'
import { connectTimeoutMs } from './driver.ts'

import type { LinkEvents, RedisDriver, RedisLink } from './driver.ts'

/** The part of a client of `ioredis` that is used. */
export interface IoredisClient {
  readonly status: string
  // The library's own option types are generic beyond what could be written here.
  duplicate(overrides?: object): unknown
}

/** What `duplicate` gives. */
interface IoredisConnection {
  connect(): Promise<unknown>
  call(command: string, args: readonly string[]): Promise<unknown>
  subscribe(...channels: readonly string[]): Promise<unknown>
  unsubscribe(...channels: readonly string[]): Promise<unknown>
  disconnect(): void
  readonly stream?: { destroy(): unknown } | undefined
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  on(event: 'end' | 'error', listener: (error?: unknown) => void): unknown
}

function destroy(connection: IoredisConnection): void {
  connection.disconnect()
  // It says goodbye politely, and would wait for the answer of a peer that is gone.
  connection.stream?.destroy()
}

/** Opens links as duplicates of a client, which is itself never connected, nor used for anything. */
export function ioredisDriver(client: IoredisClient): RedisDriver {
  return {
    async open({ message, lost }: LinkEvents, signal: AbortSignal): Promise<RedisLink> {
      const connection = client.duplicate({
        lazyConnect: true,
        retryStrategy: () => null,
        reconnectOnError: null,
        autoResubscribe: false,
        autoResendUnfulfilledCommands: false,
        enableOfflineQueue: false,
        // Whoever prepares the link finds out by himself.
        enableReadyCheck: false,
        maxRetriesPerRequest: null,
        commandTimeout: undefined,
        enableAutoPipelining: false,
        stringNumbers: false,
        connectTimeout: connectTimeoutMs,
        keyPrefix: '',
      }) as IoredisConnection // what the library documents of it
      let isOver = false
      let cause: unknown
      const end = () => {
        if (isOver) return false
        isOver = true
        destroy(connection)
        return true
      }
      connection.on('error', (error) => void (cause = error))
      connection.on('end', () => void (end() && lost(cause ?? new Error('the connection to Redis was closed'))))
      connection.on('message', message)
      try {
        await connectUnless(signal, connection.connect(), () => destroy(connection))
      } catch (error) {
        // It rejects with no more than that the connection is closed.
        throw cause ?? error
      }
      return {
        send: ([command = '', ...args]) => connection.call(command, args),
        subscribe: (channels) => connection.subscribe(...channels),
        unsubscribe: (channels) => connection.unsubscribe(...channels),
        destroy: () => void end(),
      }
    },
  }
}
