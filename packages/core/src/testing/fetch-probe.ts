import { watchAnswer } from '../checks/probe.ts'

import type { Ask, Watched } from '../checks/probe.ts'
import type { Clock, Fetch } from '../env.ts'

/** Asks by `fetch`, which decompresses, and may use a connection again: as a client does. */
export function askBy(fetch: Fetch, clock: Clock): Ask {
  return async (url, { method = 'GET', headers = {}, body, timeoutMs }) => {
    const controller = new AbortController()
    const askedAt = clock.now()
    const late = () => controller.abort(new Error(`no answer within ${timeoutMs / 1000} s`))
    const cancel = clock.after(timeoutMs, late)
    try {
      const { signal } = controller
      const init = { method, headers, body: body ?? null, signal, redirect: 'manual', cache: 'no-store' } as const
      const response = await fetch(url, init)
      const head = {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        headersAfterMs: clock.now() - askedAt,
        close: () => controller.abort(),
      }
      const watched = watchAnswer(head, clock)
      void pump(response, watched)
      return watched.probe
    } finally {
      cancel()
    }
  }
}

async function pump({ body }: Response, { feed, end }: Watched): Promise<void> {
  const decoder = new TextDecoder()
  const reader = body?.getReader()
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      feed(decoder.decode(part.value, { stream: true }))
  } catch {
    // Cut, or closed by us: over in either case.
  }
  end()
}
