import { createLinkEnds } from './link.ts'

import type { Fate, LinkEnds, LinkPlan, LinkWatch, SimulatedLink } from './link.ts'
import type { Random } from '../support/random.ts'
import type { SimulatedServer } from './server.ts'
import type { World } from './world.ts'

export interface Network {
  readonly fetch: typeof fetch
  /** Requests that are neither answered nor given up, and responses that are not over. */
  live(): number
  readonly dialed: number
}

const networkError = () => new TypeError('fetch failed')

/** A `fetch` whose requests reach the simulated server late, or not at all. */
export function createNetwork(
  world: World,
  random: Random,
  server: SimulatedServer,
  drawFate: () => Fate,
  lineEnd: LinkPlan['lineEnd'],
  watch: LinkWatch,
): Network {
  const links = new Set<SimulatedLink>()
  let dialed = 0

  function dial(url: URL, headers: Headers, signal: AbortSignal): Promise<Response> {
    const plan: LinkPlan = { fate: drawFate(), latencyMs: random.whole(1, random.chance(0.1) ? 2000 : 150), lineEnd }
    const request = {
      // A header's characters stand for bytes, and these bytes for UTF-8.
      lastEventId: Buffer.from(headers.get('Last-Event-ID') ?? '', 'latin1').toString('utf8'),
      fromStart: url.searchParams.get('from') === 'start',
    }
    const link: SimulatedLink = {
      number: ++dialed,
      lastEventId: request.lastEventId,
      dialedAt: world.clock.now(),
      phase: 'dialing',
      openedAt: undefined,
      bytesRead: 0,
      lastReadAt: 0,
      floorMs: 0,
    }
    links.add(link)
    world.trace(`link ${link.number}: dials from ${JSON.stringify(link.lastEventId)} (${JSON.stringify(plan.fate)})`)
    watch.dialed(link)
    return new Promise<Response>((resolve, reject) => {
      const respond = (status: number, head: Record<string, string>) => {
        if (link.phase !== 'dialing') return
        const response = answer(world, link, ends, watch, status, head)
        resolve(response)
      }
      const ends = createLinkEnds(world, random.fork(), plan, link, request, respond, {
        ...watch,
        over(own, why) {
          links.delete(own)
          world.trace(`link ${own.number}: ${why}`)
          watch.over(own, why)
        },
      })
      const fail = () => {
        if (link.phase !== 'dialing') return
        ends.close('failed before an answer')
        reject(networkError())
      }
      signal.addEventListener(
        'abort',
        () => {
          ends.leave(signal.reason)
          reject(signal.reason instanceof Error ? signal.reason : networkError())
        },
        { once: true },
      )
      send(world, server, plan, link, ends, fail)
    })
  }

  return {
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input)
      return dial(url, new Headers(init?.headers), init?.signal ?? neverAborted())
    },
    live: () => links.size,
    get dialed() {
      return dialed
    },
  }
}

const neverAborted = () => new AbortController().signal

/** Carries the request to where its fate meets it. */
function send(
  world: World,
  server: SimulatedServer,
  { fate, latencyMs }: LinkPlan,
  link: SimulatedLink,
  ends: LinkEnds,
  fail: () => void,
): void {
  switch (fate.kind) {
    case 'refused':
      return void world.onArrival(latencyMs * 2, fail)
    case 'black-hole':
      return
    case 'portal':
      return ends.server.respond(200, { 'Content-Type': 'text/html' })
    case 'unavailable': {
      const { retryAfterS } = fate
      return ends.server.respond(503, retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) })
    }
    case 'answer-lost':
    case 'cut':
    case 'calm':
      world.onServer(latencyMs, () => {
        if (link.phase === 'over') return
        if (!server.isUp) return void world.onArrival(latencyMs, fail)
        if (fate.kind !== 'answer-lost') return server.accept(ends.server)
        // The server believes in a session that never was.
        const ghost = { ...ends.server, respond: () => {}, write: () => {} }
        server.accept(ghost)
        world.onServer(latencyMs, () => ghost.onGone?.())
        world.onArrival(latencyMs, fail)
      })
  }
}

function answer(
  world: World,
  link: SimulatedLink,
  { pipe, close }: LinkEnds,
  watch: LinkWatch,
  status: number,
  head: Record<string, string>,
): Response {
  const headers = { 'Content-Type': 'text/event-stream; charset=utf-8', ...head }
  world.trace(`link ${link.number}: answered ${status}`)
  if (status !== 200 || head['Content-Type']) {
    link.floorMs = Number(head['Retry-After'] ?? 0) * 1000
    close(`refused with ${status}`)
    return new Response(status === 204 ? null : '<p>no</p>', { status, headers })
  }
  link.phase = 'open'
  link.openedAt = link.lastReadAt = world.clock.now()
  watch.opened(link)
  return new Response(pipe.body, { status, headers })
}
