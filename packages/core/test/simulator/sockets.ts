import { envelopesOf } from './envelopes.ts'

import type { ServerEnd } from './server.ts'
import type { ServerEnvelope } from '@steadystream/core/protocol'
import type { Trip, Wire } from './wire.ts'

type Listener = (event: SocketEvent) => void

interface SocketEvent {
  readonly type: string
  readonly code: number
  readonly reason: string
  readonly data?: unknown
  readonly error?: Error
}

/** What is given to `webSocket({ WebSocket })`. */
export type SimulatedWebSocket = new (
  url: string,
  protocols?: string[],
) => { addEventListener(type: string, listener: Listener): void }

const subprotocol = 'steadystream.v1'

/** A `WebSocket` class whose sockets reach the simulated server late, or not at all. */
export function createSockets(wire: Wire): SimulatedWebSocket {
  return class {
    binaryType = 'blob'
    protocol = ''
    readyState = 0
    bufferedAmount = 0
    readonly #listeners = new Map<string, Set<Listener>>()
    readonly #end: SocketEnd

    constructor(url: string, protocols: string[] = []) {
      const isOurs = protocols.includes(subprotocol)
      const token = protocols.find((each) => each.startsWith('bearer.'))?.slice('bearer.'.length) ?? ''
      this.#end = connect(wire, wire.leave('websocket', token), new URL(url), token, isOurs, {
        opened: () => {
          this.protocol = isOurs ? subprotocol : ''
          this.readyState = 1
          this.#tell('open', {})
        },
        message: (data) => this.readyState === 1 && this.#tell('message', { data }),
        closed: (code) => {
          if (this.readyState === 3) return
          const wasOpening = this.readyState === 0
          this.readyState = 3
          if (wasOpening) this.#tell('error', { error: new Error('Unexpected server response') })
          this.#tell('close', { code, reason: '' })
        },
      })
    }

    #tell(type: string, event: Partial<SocketEvent>): void {
      for (const listener of [...(this.#listeners.get(type) ?? [])]) listener({ type, code: 0, reason: '', ...event })
    }

    addEventListener(type: string, listener: Listener): void {
      this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener))
    }

    removeEventListener(type: string, listener: Listener): void {
      this.#listeners.get(type)?.delete(listener)
    }

    close(): void {
      if (this.readyState >= 2) return
      this.readyState = 2
      this.#end.leave()
    }
  }
}

interface SocketHost {
  opened(): void
  message(text: string): void
  closed(code: number): void
}

interface SocketEnd {
  /** The client closes. */
  leave(): void
}

function connect(wire: Wire, trip: Trip, url: URL, token: string, isOurs: boolean, host: SocketHost): SocketEnd {
  const { world, coverage, server } = wire
  const { fate, latencyMs, link, obstacle } = trip
  const isHeld = obstacle?.kind === 'body held'
  let held: string[] = []
  let pending: ServerEnvelope[] = []
  let place = ''
  let sent = 0
  let isSevered = false
  let lastArrival = 0

  function deliver(act: () => void): void {
    lastArrival = Math.max(lastArrival, world.now() + latencyMs)
    world.onArrival(lastArrival - world.now(), act)
  }

  const close = (code: number) =>
    deliver(() => {
      if (!trip.isOver && code >= 3000) {
        const isFatal = code === 3000 || (code >= 3500 && code < 4000)
        link.mayBeFatal ||= isFatal
      }
      trip.end(`closed ${code}`)
      host.closed(code)
    })

  function send(text: string): void {
    if (isSevered) return
    sent += text.length
    if (fate.kind === 'cut' && sent > fate.afterBytes) return trip.sever(fate.how)
    if (isHeld) held.push(text)
    else deliver(() => trip.isOver || host.message(text))
  }

  /** What is told in one turn goes out in one frame. */
  function flush(): void {
    if (pending.length > 0) send(JSON.stringify(pending.length === 1 ? pending[0] : pending))
    pending = []
  }

  function finish(code: number): void {
    flush()
    if (isSevered) return
    isSevered = true
    for (const text of held) deliver(() => trip.isOver || host.message(text))
    held = []
    close(code)
  }

  trip.sever = (how) => {
    if (isSevered || trip.isOver) return
    isSevered = true
    coverage.hit(how === 'silence' ? 'cut in silence' : `cut by ${how}`)
    world.trace(`link ${link.number}: cut (${how})`)
    if (how === 'silence') return
    close(how === 'end' ? 1000 : 1006)
    world.onServer(latencyMs, () => end.onGone?.())
  }

  const end: ServerEnd = {
    isSocket: true,
    token,
    lastEventId: url.searchParams.get('lastEventId') ?? '',
    fromStart: url.searchParams.get('from') === 'start',
    onGone: undefined,
    isGone: () => trip.isOver,
    // Nothing holds a socket's sender back but its network.
    backlog: () => 0,
    respond(_, at = '') {
      place = at
      deliver(() => trip.isOver || host.opened())
      if (fate.kind === 'cut') world.onServer(fate.afterMs, () => trip.sever(fate.how))
    },
    write(block) {
      if (!isOurs) return block.kind === 'event' ? send(block.entry?.data ?? '') : undefined
      if (block.id !== undefined) place = block.id
      pending.push(...envelopesOf(block, place))
      if (pending.length === 1 || block.kind === 'connected') world.onServer(0, flush)
    },
    end: finish,
    reset: () => {
      if (isSevered) return
      isSevered = true
      close(1006)
    },
  }
  wire.carry(trip, {
    arrive: () => server.accept(end),
    lose: () => {
      const ghost = { ...end, respond: () => {}, write: () => {}, end: () => {}, reset: () => {} }
      server.accept(ghost)
      world.onServer(latencyMs, () => ghost.onGone?.())
    },
    fail: () => close(1006),
    answer: () => close(1006),
  })
  return {
    leave() {
      trip.end('closed by the client')
      world.onServer(latencyMs, () => end.onGone?.())
      world.onArrival(latencyMs * 2, () => host.closed(1005))
    },
  }
}
