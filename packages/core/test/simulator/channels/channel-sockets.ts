import type { World } from '../world.ts'
import type { Link } from './channel-network.ts'
import type { ChannelSimServer, Envelope, Session } from './channel-server.ts'

type Listener = (event: never) => void

/** What is given to `webSocket({ WebSocket })`. */
export type SimulatedSocket = new (
  url: string,
  protocols?: string[],
) => { addEventListener(type: string, listener: Listener): void }

/** A `WebSocket` class whose sockets speak `steadystream.v1` with the simulated server. */
export function socketClass(
  world: World,
  dial: (host: Link['host'], begin: (session: Session) => void) => Link,
  close: (link: Link) => void,
  server: ChannelSimServer,
  latencyMs: number,
): SimulatedSocket {
  return class {
    binaryType = 'blob'
    protocol = 'steadystream.v1'
    readyState = 0
    bufferedAmount = 0
    readonly #listeners = new Map<string, Set<Listener>>()
    readonly #link: Link
    #session: Session | undefined

    constructor() {
      this.#link = dial(
        {
          open: () => {
            this.readyState = 1
            this.#tell('open', {})
          },
          message: (envelopes) => this.readyState === 1 && this.#tell('message', { data: JSON.stringify(envelopes) }),
          end: (how) => this.#close(how === 'end' ? 1000 : 1006),
        },
        (session) => (this.#session = session),
      )
    }

    #tell(type: string, event: object): void {
      for (const listener of [...(this.#listeners.get(type) ?? [])])
        listener({ type, code: 0, reason: '', ...event } as never)
    }

    #close(code: number): void {
      if (this.readyState === 3) return
      close(this.#link)
      this.readyState = 3
      if (code === 1006) this.#tell('error', { error: new Error('gone') })
      this.#tell('close', { code, reason: '' })
    }

    addEventListener(type: string, listener: Listener): void {
      this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener))
    }

    removeEventListener(type: string, listener: Listener): void {
      this.#listeners.get(type)?.delete(listener)
    }

    send(text: string): void {
      const session = this.#session
      world.onServer(latencyMs, () => {
        if (!session || !server.sessions.has(session.id)) return
        const answer = server.perform(session, JSON.parse(text) as Envelope)
        if (answer) session.tell([answer])
      })
    }

    close(): void {
      if (this.readyState >= 2) return
      this.readyState = 2
      if (this.#session) server.sessions.delete(this.#session.id)
      close(this.#link)
      world.onArrival(latencyMs * 2, () => this.#close(1005))
    }
  }
}
