import { createClient } from '@redis/client'
import { Redis } from 'ioredis'

export type Library = '@redis/client' | 'ioredis'

/** A connected client of a library, as a careful user has it, and what the benches do with it. */
export interface BareClient {
  send(args: readonly string[]): Promise<unknown>
  subscribe(channel: string, handle: (text: string) => void): Promise<unknown>
}

export async function connect(library: Library, url: string): Promise<BareClient> {
  if (library === 'ioredis') {
    const client = new Redis(url)
    return {
      send: ([command = '', ...args]) => client.call(command, args),
      subscribe(channel, handle) {
        client.on('message', (_, text) => handle(text))
        return client.subscribe(channel)
      },
    }
  }
  // Without the timer that it starts for each command. The type leaves out what the documentation has.
  const client = createClient({ url, commandOptions: { timeout: undefined } as object })
  await client.connect()
  return {
    send: (args) => client.sendCommand(args),
    subscribe: (channel, handle) => client.subscribe(channel, handle),
  }
}
