import { socketClass } from './channel-sockets.ts'

import type { PlayedTab } from '../../support/tab-world.ts'
import type { Random } from '../../support/random.ts'
import type { TransportKind } from '../link.ts'
import type { World } from '../world.ts'
import type { ChannelFault, ChannelScenario } from './channel-scenario.ts'
import type { ChannelSimServer, Envelope, Session } from './channel-server.ts'
import type { SimulatedSocket } from './channel-sockets.ts'

type Fetch = typeof globalThis.fetch

/** What one client reaches the server by, and how many links it holds, or still holds of those from before a time. */
export interface ChannelNetwork {
  readonly fetch: Fetch
  readonly WebSocket: SimulatedSocket
  readonly links: (before?: number) => number
  readonly dials: () => number
  /** The page is gone, without a word to anybody. */
  readonly die: () => void
}

/** One way to the server, as long as it lasts. */
export interface Link {
  /** The client's end of it; what is told after the end is lost. */
  readonly host: { open(): void; message(envelopes: readonly Envelope[]): void; end(how: 'end' | 'error'): void }
  isOver: boolean
  readonly since: number
  /** The server hears no more of it. */
  readonly lose: () => void
}

export function createChannelNetwork(
  world: World,
  random: Random,
  scenario: ChannelScenario,
  server: ChannelSimServer,
  hit: (fault: ChannelFault) => void,
  name: string,
  tab?: PlayedTab,
): ChannelNetwork {
  const { latencyMs } = scenario
  const open = new Set<Link>()
  let dials = 0
  let isDead = false
  /** Reaches the page in its turn: later where it stands still, never where it is gone. */
  const toPage = (ms: number, act: () => void) => world.onArrival(ms, () => (tab ? tab.run(act) : act()))

  /** Carries what a session tells to the client, in order, until something happens to it. */
  function dial(kind: TransportKind, host: Link['host'], begin: (session: Session) => void): Link {
    let last = 0
    const arrive = (act: () => void) => {
      last = Math.max(last, world.now() + latencyMs)
      toPage(last - world.now(), () => link.isOver || act())
    }
    const lose = () => void server.sessions.delete(session.id)
    const link: Link = { host, isOver: isDead, since: world.now(), lose }
    const session: Session = {
      id: `${name} ${++dials}`,
      follows: new Map(),
      tell: (envelopes) => arrive(() => host.message(envelopes)),
      reset: () => arrive(() => host.end('error')),
    }
    if (isDead) return link
    open.add(link)
    const isBlocked =
      kind === scenario.transports[0] &&
      (server.isTroubled ? scenario.blocked !== 'no' : scenario.blocked === 'for good')
    if (isBlocked || (server.isTroubled && random.chance(scenario.trouble / 3))) {
      hit('refused')
      arrive(() => host.end('error'))
      return link
    }
    world.onServer(latencyMs, () => {
      if (link.isOver) return
      arrive(host.open)
      server.sessions.set(session.id, session)
      session.tell([{ type: 'connected', clientId: session.id, heartbeatInterval: 15_000, session: session.id }])
      begin(session)
      const beat = () => {
        if (link.isOver || !server.sessions.has(session.id)) return lose()
        session.tell([{ type: 'heartbeat' }])
        world.onServer(15_000, beat)
      }
      world.onServer(15_000, beat)
    })
    if (server.isTroubled && random.chance(scenario.trouble))
      world.onServer(random.whole(1, 20_000), () => {
        if (link.isOver) return
        const how = random.pick(['end', 'error', 'silence'] as const)
        hit(how === 'silence' ? 'cut in silence' : `cut by ${how}`)
        lose()
        if (how !== 'silence') arrive(() => host.end(how))
      })
    return link
  }

  const close = (link: Link) => {
    link.isOver = true
    open.delete(link)
  }

  function openStream(body: Envelope, signal: AbortSignal): Promise<Response> {
    return new Promise((resolve, reject) => {
      let writer: ReadableStreamDefaultController<Uint8Array> | undefined
      const encoder = new TextEncoder()
      const text = (envelopes: readonly Envelope[]) =>
        envelopes[0]?.['type'] === 'connected'
          ? `event: steadystream.connected\ndata: ${JSON.stringify(envelopes[0])}\n\n`
          : envelopes[0]?.['type'] === 'heartbeat'
            ? ': heartbeat\n\n'
            : `data: ${JSON.stringify(envelopes)}\n\n`
      const stop = () => {
        if (link.isOver) return
        close(link)
        reject(new TypeError('gone'))
        writer?.error(new TypeError('gone'))
      }
      const link = dial(
        'sse',
        {
          open() {
            const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (writer = controller) })
            resolve(new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } }))
          },
          message: (envelopes) => writer?.enqueue(encoder.encode(text(envelopes))),
          end(how) {
            if (!writer || how === 'error') return stop()
            close(link)
            writer.close()
          },
        },
        (session) => {
          for (const [label, place] of Object.entries(body['channels'] as object)) server.follow(session, label, place)
        },
      )
      signal.addEventListener('abort', stop)
    })
  }

  /** Answers at once where there is something to tell, else when there is, or after the wait. */
  function poll(body: Envelope, signal: AbortSignal): Promise<Response> {
    return new Promise((resolve, reject) => {
      const told: Envelope[] = []
      let writer: ReadableStreamDefaultController<Uint8Array> | undefined
      const stop = () => {
        if (link.isOver) return
        close(link)
        reject(new TypeError('gone'))
        writer?.error(new TypeError('gone'))
      }
      const respond = (session: Session) => {
        if (!server.sessions.delete(session.id)) return
        const positions = Object.fromEntries(
          [...session.follows.keys()].map((label) => [label, server.logs.get(label)?.top()]),
        )
        const events = told.filter(({ type }) => /event|gap|complete|error/.test(String(type)))
        const answer = new TextEncoder().encode(JSON.stringify({ events, positions }))
        // Its head first, and what it holds a while later.
        toPage(latencyMs, () => {
          if (link.isOver) return
          const stream = new ReadableStream<Uint8Array>({
            start: (controller) => void (writer = controller),
            cancel: () => close(link),
          })
          resolve(new Response(stream, { headers: { 'Content-Type': 'application/json' } }))
          toPage(random.pick([0, latencyMs]), () => {
            if (link.isOver) return
            close(link)
            writer?.enqueue(answer)
            writer?.close()
          })
        })
      }
      const link = dial('polling', { open() {}, message() {}, end: stop }, (session) => {
        const asked = Object.entries(body['channels'] as object)
        const hasSomething = () => told.some(({ type }) => /event|gap|complete|error/.test(String(type)))
        session.tell = (envelopes) => {
          told.push(...envelopes)
          // What is published in one turn is told in one answer.
          world.onServer(0, () => hasSomething() && respond(session))
        }
        for (const [label, place] of asked) server.follow(session, label, place)
        const isFresh = asked.some(([, place]) => place === null)
        if (hasSomething() || isFresh) respond(session)
        else world.onServer(Number(body['wait']) * 1000, () => respond(session))
      })
      signal.addEventListener('abort', stop)
    })
  }

  function command(body: Envelope, signal: AbortSignal): Promise<Response> {
    return new Promise((resolve, reject) => {
      let isOver = false
      const settle = (act: () => void) => () => {
        if (!isOver) act()
        isOver = true
        signal.removeEventListener('abort', abort)
      }
      const abort = settle(() => reject(new TypeError('aborted')))
      signal.addEventListener('abort', abort)
      const stray =
        server.isTroubled &&
        random.chance(scenario.strayCommands) &&
        random.pick(['lost', 'other', 'unanswered'] as const)
      const session = server.sessions.get(String(body['session']))
      if (stray === 'unanswered') return hit('command unanswered')
      if (stray === 'lost') {
        hit('command lost')
        toPage(
          latencyMs * 2,
          settle(() => reject(new TypeError('reset'))),
        )
        if (random.chance(0.5)) return
      }
      world.onServer(latencyMs, () => {
        // What is published may reach any process.
        const isElsewhere = body['session'] !== undefined && (stray === 'other' || !session)
        if (isElsewhere && session) hit('command to another process')
        const commands = body['commands'] as Envelope[]
        const replies = isElsewhere ? [] : commands.map((each) => server.perform(session, each) ?? null)
        const response = new Response(JSON.stringify({ replies }), { status: isElsewhere ? 404 : 200 })
        if (stray !== 'lost')
          toPage(
            latencyMs,
            settle(() => resolve(response)),
          )
      })
    })
  }

  return {
    links: (before = Infinity) => [...open].filter(({ since }) => since <= before).length,
    dials: () => dials,
    die() {
      isDead = true
      for (const link of open) link.lose()
      for (const link of open) close(link)
    },
    fetch: (input, init) => {
      const url = String(input instanceof Request ? input.url : input)
      const body = JSON.parse(init?.body as string) as Envelope // the client sends nothing else
      const signal = init?.signal ?? new AbortController().signal
      if ('commands' in body) return command(body, signal)
      return url.endsWith('/poll') ? poll(body, signal) : openStream(body, signal)
    },
    WebSocket: socketClass(world, (...link) => dial('websocket', ...link), close, server, latencyMs),
  }
}
