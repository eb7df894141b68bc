import { createPipe } from './pipe.ts'
import { networkError, neverAborted, tokenOf } from './event-streams.ts'

import type { Poll } from './poll-desk.ts'
import type { Trip, Wire } from './wire.ts'

type Fetch = typeof globalThis.fetch

/** A `fetch` whose polls reach the simulated server late, or not at all. */
export function createPolls(wire: Wire): Fetch {
  const { world, server } = wire
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const signal = init?.signal ?? neverAborted()
    const token = tokenOf(new Headers(init?.headers))
    const trip = wire.leave('polling', token)
    return new Promise<Response>((resolve, reject) => {
      const fail = () => {
        if (trip.isOver) return
        trip.end('failed before an answer')
        reject(networkError())
      }
      const { answer, sever, abandon } = answerTo(wire, trip, resolve, fail)
      trip.sever = sever
      const asked: Poll = {
        token,
        lastEventId: url.searchParams.get('since') ?? '',
        fromStart: url.searchParams.get('from') === 'start',
        waitMs: Number(url.searchParams.get('wait') ?? 0) * 1000,
        respond: (status, text) => answer(status, {}, text),
        reset: () => void world.onArrival(trip.latencyMs, fail),
        isGone: () => trip.isOver,
      }
      signal.addEventListener(
        'abort',
        () => {
          trip.end('aborted by the client')
          abandon(signal.reason)
          reject(networkError())
        },
        { once: true },
      )
      const { fate } = trip
      if (fate.kind === 'cut') world.onServer(fate.afterMs, () => sever(fate.how))
      wire.carry(trip, {
        arrive: () => server.answer(asked),
        lose: () => server.answer({ ...asked, respond: () => {} }),
        fail,
        answer,
      })
    })
  }
}

interface Answer {
  answer(status: number, headers: Readonly<Record<string, string>>, text?: string): void
  sever(how: 'error' | 'end' | 'silence'): void
  abandon(reason: unknown): void
}

function answerTo(wire: Wire, trip: Trip, resolve: (response: Response) => void, fail: () => void): Answer {
  const { world, coverage, random } = wire
  const { link, latencyMs, fate } = trip
  let isAnswered = false
  let isSevered = false
  const finished = () => trip.end('answered')
  const pipe = createPipe(world, random.fork(), latencyMs, { read: () => {}, finished, cancelled: finished })

  return {
    abandon: (reason) => pipe.abandon(reason),
    answer(status, head, text = '<p>no</p>') {
      if (isSevered || isAnswered) return
      isAnswered = true
      const headers = { 'Content-Type': 'application/json', ...head }
      const bytes = new TextEncoder().encode(text)
      pipe.deliver(() => {
        if (trip.isOver) return
        world.trace(`link ${link.number}: answered ${status} ${text}`)
        if (status !== 200 || head['Content-Type']) {
          link.floorMs = Number(head['Retry-After'] ?? 0) * 1000
          link.mayBeFatal = status < 500
        }
        resolve(new Response(pipe.body, { status, headers }))
      })
      if (fate.kind === 'cut' && fate.afterBytes < bytes.length) {
        pipe.send(bytes.subarray(0, fate.afterBytes))
        isSevered = true
        coverage.hit(fate.how === 'silence' ? 'cut in silence' : 'cut by error')
        // A response that is cut short is told by its length, or by its last chunk.
        return fate.how === 'silence' ? undefined : pipe.finish('error')
      }
      pipe.send(bytes)
      pipe.finish('end')
    },
    sever(how) {
      if (isSevered || isAnswered || trip.isOver) return
      isSevered = true
      coverage.hit(how === 'silence' ? 'cut in silence' : 'cut by error')
      if (how !== 'silence') world.onArrival(latencyMs, fail)
    },
  }
}
