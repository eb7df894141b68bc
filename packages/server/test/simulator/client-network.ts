import { createPipe } from '../../../core/test/simulator/pipe.ts'

import type { Random } from '../../../core/test/support/random.ts'
import type { World } from '../../../core/test/simulator/world.ts'
import type { Fleet, SimServer } from './fleet.ts'
import type { ServerFault } from './server-coverage.ts'
import type { ServerScenario } from './server-scenario.ts'

type Fetch = typeof globalThis.fetch
type Cut = 'error' | 'end' | 'silence'

const cuts = ['error', 'end', 'silence'] as const

/** What clients reach the servers by. Each request may reach another one. */
export interface ClientNetwork {
  readonly fetch: Fetch
  /** Requests made so far, and those that are not over. */
  readonly requests: () => number
  readonly open: () => number
  isTroubled: boolean
  /** Something happens to one of the requests that a server has. */
  cut(server: SimServer, how: Cut): void
}

interface NetworkSetup {
  readonly world: World
  readonly random: Random
  readonly scenario: ServerScenario
  readonly fleet: Fleet
  readonly hit: (fault: ServerFault, server: SimServer) => void
}

// One for all: to make one costs more than the rest of a request.
const aborted = new DOMException('aborted', 'AbortError')

export function createClientNetwork({ world, random, scenario, fleet, hit }: NetworkSetup): ClientNetwork {
  const { latencyMs, windowBytes, trouble } = scenario
  let requests = 0
  const reached = new Set<Exchange>()
  let open = 0

  const network: ClientNetwork = {
    isTroubled: true,
    requests: () => requests,
    open: () => open,
    cut(server, how) {
      const some = [...reached].filter((exchange) => exchange.isAt(server))
      if (some.length > 0) random.pick(some).disturb(how)
    },
    fetch: (input, init) => {
      requests++
      open++
      return new Promise((resolve, reject) => {
        const exchange = new Exchange(requests, resolve, reject)
        const { signal } = init ?? {}
        if (signal?.aborted) exchange.leave()
        signal?.addEventListener('abort', () => exchange.leave())
        world.onServer(latencyMs, () => exchange.reach(String(input instanceof Request ? input.url : input), init))
      })
    },
  }

  /** One request, and what comes in answer to it. */
  class Exchange {
    readonly #number: number
    readonly #resolve: (response: Response) => void
    readonly #reject: (error: Error) => void
    /** The server's view of the client. */
    readonly #presence = new AbortController()
    #server: SimServer | undefined
    #isOver = false
    #isSilent = false
    #end: (how: 'end' | 'error') => void = (how) => this.#arrive(() => this.#fail(how))
    #abandon = () => {}
    #more = () => {}

    constructor(number: number, resolve: (response: Response) => void, reject: (error: Error) => void) {
      this.#number = number
      this.#resolve = resolve
      this.#reject = reject
    }

    reach(url: string, init: RequestInit | undefined): void {
      if (this.#isOver) return
      const server = fleet.route()
      if (!server) return this.#end('error')
      this.#server = server
      reached.add(this)
      world.trace(`request ${this.#number}: ${init?.method ?? 'GET'} at server ${server.number}`)
      const cut = () => this.#cut('error')
      server.cuts.add(cut)
      this.#presence.signal.addEventListener('abort', () => server.cuts.delete(cut))
      server.asked++
      const request = new Request(url, { ...init, signal: this.#presence.signal })
      server.realtime.fetch(request).then(
        (response) => {
          server.asked--
          world.trace(`request ${this.#number}: ${response.status}`)
          if (!this.#isOver && !this.#presence.signal.aborted) this.#answer(server, response)
        },
        (error: unknown) => world.fail(`fetch rejects: ${String(error)}`),
      )
      if (!network.isTroubled || !random.chance(trouble)) return
      const inMs = random.chance(0.3) ? random.whole(0, 200) : random.whole(1, 15_000)
      world.onServer(inMs, () => this.disturb(random.pick(cuts)))
    }

    isAt(server: SimServer): boolean {
      return server === this.#server
    }

    disturb(how: Cut): void {
      const server = this.#server
      if (this.#isOver || this.#isSilent || !server || server.phase === 'gone') return
      world.trace(`request ${this.#number}: cut, ${how}`)
      hit(how === 'silence' ? 'client cut in silence' : `client cut by ${how}`, server)
      if (how !== 'silence') return this.#cut(how)
      this.#isSilent = true
      world.onServer(12_000, () => this.#presence.abort(aborted))
    }

    /** The client does not want it any more. */
    leave(): void {
      if (this.#isOver) return
      this.#finish()
      this.#reject(aborted)
      this.#abandon()
      world.onServer(latencyMs, () => this.#presence.abort(aborted))
    }

    #cut(how: 'end' | 'error'): void {
      this.#isSilent = true
      this.#end(how)
      this.#presence.abort(aborted)
    }

    #answer(server: SimServer, { status, headers, body }: Response): void {
      const pipe = createPipe(world, random, latencyMs, {
        read: (bytes) => {
          unread -= bytes
          this.#more()
        },
        finished: () => this.#finish(),
        cancelled: () => this.leave(),
      })
      let unread = 0
      this.#end = (how) => pipe.finish(how)
      this.#abandon = () => pipe.abandon(aborted)
      pipe.deliver(() => {
        if (this.#isOver) return
        this.#resolve(new Response(body ? pipe.body : null, { status, headers }))
        if (!body) this.#finish()
      })
      const reader = body?.getReader()
      const pump = async (): Promise<void> => {
        for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
          if (this.#isSilent) return
          unread += part.value.length
          pipe.send(part.value)
          while (unread >= windowBytes && !this.#isOver)
            await new Promise<void>((resolve) => {
              this.#more = resolve
            })
        }
        if (body && !this.#isSilent) pipe.finish('end')
      }
      pump().catch(() => {
        if (!this.#isSilent) pipe.finish('error')
      })
    }

    #arrive(act: () => void): void {
      world.onArrival(latencyMs, () => this.#isOver || act())
    }

    #fail(how: 'end' | 'error'): void {
      this.#finish()
      this.#reject(new TypeError(`the connection was lost by ${how}`))
    }

    #finish(): void {
      if (this.#isOver) return
      this.#isOver = true
      reached.delete(this)
      open--
      this.#more()
      // What is left of it at the other end is over soon.
      if (this.#server) world.onServer(latencyMs, () => this.#presence.abort(aborted))
    }
  }

  return network
}
