import { connectUnless } from './connect-unless.ts'
import { connectTimeoutMs } from './driver.ts'

import type { LinkEvents, RedisDriver, RedisLink } from './driver.ts'

/** The part of a client of `redis` or `@redis/client` that is used. */
export interface NodeRedisClient {
  readonly isOpen: boolean
  readonly options?: { readonly socket?: object } | undefined
  // The library's own option types are generic beyond what could be written here.
  duplicate(overrides?: object): unknown
}

/** What `duplicate` gives. */
interface NodeRedisConnection {
  connect(): Promise<unknown>
  sendCommand(args: readonly string[]): Promise<unknown>
  subscribe(channels: readonly string[], listener: (message: string, channel: string) => void): Promise<unknown>
  unsubscribe(channels: readonly string[]): Promise<unknown>
  destroy(): void
  on(event: string, listener: (error: unknown) => void): unknown
}

function destroy(connection: NodeRedisConnection): void {
  try {
    connection.destroy()
  } catch {
    // Before version 6 it throws where there is nothing left to destroy.
  }
}

/** Opens links as duplicates of a client, which is itself never connected, nor used for anything. */
export function nodeRedisDriver(client: NodeRedisClient): RedisDriver {
  return {
    async open({ message, lost }: LinkEvents, signal: AbortSignal): Promise<RedisLink> {
      const connection = client.duplicate({
        socket: { ...client.options?.socket, reconnectStrategy: false, connectTimeout: connectTimeoutMs },
        // A timer for each command costs two thirds of a publish; stalled links are found by looking at all of them.
        commandOptions: { timeout: undefined },
        disableOfflineQueue: true,
        // How much may wait is limited for all commands together.
        commandsQueueMaxLength: undefined,
        keyPrefix: undefined,
        clientSideCache: undefined,
        pingInterval: undefined,
      }) as NodeRedisConnection // what the library documents of it
      let isOver = false
      const end = () => {
        if (isOver) return false
        isOver = true
        destroy(connection)
        return true
      }
      // With reconnecting turned off there is no error after which it goes on.
      connection.on('error', (error) => void (end() && lost(error)))
      await connectUnless(signal, connection.connect(), () => destroy(connection))
      const listener = (text: string, channel: string) => message(channel, text)
      return {
        send: (args) => connection.sendCommand(args),
        subscribe: (channels) => connection.subscribe(channels, listener),
        unsubscribe: (channels) => connection.unsubscribe(channels),
        destroy: () => void end(),
      }
    },
  }
}
