import { encodeBlock } from './blocks.ts'
import { createPipe } from './pipe.ts'

import type { LineEnd } from './link.ts'
import type { ServerEnd } from './server.ts'
import type { Trip, Wire } from './wire.ts'

type Fetch = typeof globalThis.fetch

export const networkError = () => new TypeError('fetch failed')
export const neverAborted = () => new AbortController().signal

/** The bearer token of a request. */
export function tokenOf(headers: Headers): string {
  return headers.get('Authorization')?.slice('Bearer '.length) ?? ''
}

/** A `fetch` whose requests for an event stream reach the simulated server late, or not at all. */
export function createEventStreams(wire: Wire, lineEnd: LineEnd): Fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const headers = new Headers(init?.headers)
    const signal = init?.signal ?? neverAborted()
    const trip = wire.leave('sse', tokenOf(headers))
    return new Promise<Response>((resolve, reject) => {
      const stream = openStream(wire, trip, lineEnd, url, headers, resolve)
      signal.addEventListener(
        'abort',
        () => {
          stream.leave(signal.reason)
          reject(signal.reason instanceof Error ? signal.reason : networkError())
        },
        { once: true },
      )
      wire.carry(trip, {
        arrive: () => wire.server.accept(stream.end),
        lose: () => {
          // The server believes in a session that never was.
          const ghost = { ...stream.end, respond: () => {}, write: () => {} }
          wire.server.accept(ghost)
          wire.world.onServer(trip.latencyMs, () => ghost.onGone?.())
        },
        fail: () => {
          if (trip.isOver) return
          trip.end('failed before an answer')
          reject(networkError())
        },
        answer: (status, head) => stream.answer(status, head),
      })
    })
  }
}

interface EventStream {
  readonly end: ServerEnd
  answer(status: number, headers: Readonly<Record<string, string>>): void
  /** The client lets go, by aborting or cancelling. */
  leave(reason: unknown): void
}

function openStream(
  wire: Wire,
  trip: Trip,
  lineEnd: LineEnd,
  url: URL,
  headers: Headers,
  resolve: (response: Response) => void,
): EventStream {
  const { world, coverage, random } = wire
  const { fate, latencyMs, link, obstacle } = trip
  const budget = fate.kind === 'cut' ? fate.afterBytes : Infinity
  let held: Uint8Array[] | undefined = obstacle?.kind === 'body held' ? [] : undefined
  let sent = 0
  let read = 0
  let isSevered = false
  let isSilent = false

  const serverHears = () => isSilent || world.onServer(latencyMs, () => end.onGone?.())
  const pipe = createPipe(world, random.fork(), latencyMs, {
    read: (bytes) => void (read += bytes),
    finished: () => trip.end('ended by the network or the server'),
    cancelled() {
      trip.end('cancelled by the client')
      serverHears()
    },
  })

  trip.sever = (how) => {
    if (isSevered || trip.isOver) return
    isSevered = true
    world.trace(`link ${link.number}: cut after ${Math.min(sent, budget)} bytes (${how})`)
    coverage.hit(how === 'silence' ? 'cut in silence' : `cut by ${how}`)
    isSilent = how === 'silence'
    if (isSilent) return
    pipe.finish(how === 'end' ? 'end' : 'error')
    serverHears()
  }

  function answer(status: number, head: Readonly<Record<string, string>>): void {
    pipe.deliver(() => {
      if (trip.isOver) return
      world.trace(`link ${link.number}: answered ${status}`)
      const contentType = { 'Content-Type': 'text/event-stream; charset=utf-8', ...head }
      if (status === 200 && !head['Content-Type']) return resolve(new Response(pipe.body, { headers: contentType }))
      link.floorMs = Number(head['Retry-After'] ?? 0) * 1000
      link.mayBeFatal = status < 500
      trip.end(`refused with ${status}`)
      resolve(new Response(status === 204 ? null : '<p>no</p>', { status, headers: contentType }))
    })
    if (fate.kind === 'cut' && status === 200) world.onServer(fate.afterMs, () => trip.sever(fate.how))
  }

  function finish(how: 'end' | 'error'): void {
    if (isSevered) return
    // What a proxy held back comes with the end.
    if (how === 'end') for (const bytes of held ?? []) pipe.send(bytes)
    held = undefined
    pipe.finish(how)
  }

  const end: ServerEnd = {
    isSocket: false,
    token: tokenOf(headers),
    // A header's characters stand for bytes, and these bytes for UTF-8.
    lastEventId: Buffer.from(headers.get('Last-Event-ID') ?? '', 'latin1').toString('utf8'),
    fromStart: url.searchParams.get('from') === 'start',
    onGone: undefined,
    isGone: () => trip.isOver,
    backlog: () => sent - read,
    respond: (status) => answer(status, {}),
    write(block) {
      const bytes = encodeBlock(block, lineEnd)
      const before = sent
      sent += bytes.length
      if (isSevered) return
      if (held) return void held.push(bytes)
      pipe.send(bytes.subarray(0, Math.max(0, budget - before)))
      if (sent >= budget && fate.kind === 'cut') trip.sever(fate.how)
    },
    end: () => finish('end'),
    reset: () => finish('error'),
  }
  return {
    end,
    answer,
    leave(reason) {
      trip.end('aborted by the client')
      pipe.abandon(reason)
      serverHears()
    },
  }
}
