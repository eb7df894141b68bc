import type { Fetch } from '../../src/env.ts'

export interface Asked {
  readonly url: URL
  readonly init: RequestInit
  readonly headers: Headers
  readonly isAnswered: () => boolean
  /** Answers with this as JSON. */
  json(body: unknown, init?: ResponseInit): void
  respond(response: Response): void
  fail(error: Error): void
}

export interface ScriptedFetch {
  readonly fetch: Fetch
  readonly asked: readonly Asked[]
  /** The queries of the requests: `since=e:1&wait=25`. */
  readonly queries: () => string[]
  /** The request in flight, of which there must be exactly one. */
  readonly current: () => Asked
}

/** A `fetch` whose requests the test answers one by one; it heeds its signal, as a real one does. */
export function scriptFetch(): ScriptedFetch {
  const asked: Asked[] = []
  const open = () => asked.filter(({ isAnswered, init }) => !isAnswered() && !init.signal?.aborted)
  return {
    fetch: (input, init = {}) =>
      new Promise<Response>((resolve, reject) => {
        if (open().length) throw new Error('a second request is in flight')
        let isAnswered = false
        const answer = (act: () => void) => {
          isAnswered = true
          act()
        }
        init.signal?.addEventListener('abort', () => answer(() => reject(new DOMException('gone', 'AbortError'))), {
          once: true,
        })
        asked.push({
          url: new URL(input as URL), // what the transports pass
          init,
          headers: new Headers(init.headers),
          isAnswered: () => isAnswered,
          json: (body, responseInit) => answer(() => resolve(Response.json(body, responseInit))),
          respond: (response) => answer(() => resolve(response)),
          fail: (error) => answer(() => reject(error)),
        })
      }),
    asked,
    queries: () => asked.map(({ url }) => decodeURIComponent(url.search.slice(1))),
    current() {
      const [only, second] = open()
      if (!only || second) throw new Error(`${open().length} requests are in flight`)
      return only
    },
  }
}

/** What our endpoint answers. */
export function answer(position: string, ...events: readonly unknown[]): unknown {
  return { events, positions: { job: position } }
}

export const event = (position: string, data: unknown) => ({ type: 'event', channel: 'job', position, data })
export const gap = (to: string, from?: string) => ({ type: 'gap', channel: 'job', kind: 'lost', from, to })
export const complete = (position: string) => ({ type: 'complete', channel: 'job', position })
