import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'

import { monotonicMs, sleep } from '../env.ts'
import { SseReader } from './sse-reader.ts'

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Block } from './sse-reader.ts'

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Milliseconds until the headers have to be there. */
  readonly timeoutMs: number
}

/** A piece of a body, as the network delivered it. */
export interface Piece {
  /** Milliseconds since the headers. */
  readonly atMs: number
  readonly bytes: number
  /** Whether it ends within a block. */
  readonly isCut: boolean
  readonly blocks: readonly Block[]
}

/** An answer, watched while it comes in. */
export interface Probe {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly headersAfterMs: number
  readonly pieces: readonly Piece[]
  readonly blocks: readonly Block[]
  readonly text: string
  readonly isOver: boolean
  /** @returns whether it held within `ms`; `false` also when the answer is over and it still does not. */
  until(holds: () => boolean, ms: number): Promise<boolean>
  close(): void
}

/**
 * Asks, and resolves when the headers are there. The connection is one of its own: what an earlier check left open must
 * not decide this one.
 * @throws {Error} if nobody answers in time.
 */
export async function ask(url: URL, { method = 'GET', headers = {}, body, timeoutMs }: Ask): Promise<Probe> {
  const request = url.protocol === 'https:' ? requestSecure : requestPlain
  const askedAt = monotonicMs()
  // Told apart by hand: `fetch` would decompress, follow redirects and keep connections.
  const req = request(url, { method, headers: { 'Accept-Encoding': 'identity', ...headers }, agent: false })
  const answered = new AbortController()
  void sleep(timeoutMs, answered.signal).then(() => {
    if (!answered.signal.aborted) req.destroy(new Error(`no answer within ${timeoutMs / 1000} s`))
  })
  try {
    const res = await new Promise<IncomingMessage>((resolve, reject) => {
      req.on('response', resolve).on('error', reject).end(body)
    })
    return watch(res, monotonicMs() - askedAt, () => req.destroy())
  } finally {
    answered.abort()
  }
}

function watch(res: IncomingMessage, headersAfterMs: number, close: () => void): Probe {
  const startedAt = monotonicMs()
  const reader = new SseReader()
  const pieces: Piece[] = []
  const blocks: Block[] = []
  const waiting = new Set<() => void>()
  let text = ''
  let isOver = false
  const wakeAll = () => waiting.forEach((wake) => wake())

  res.setEncoding('utf8').on('data', (part: string) => {
    const atMs = monotonicMs() - startedAt
    const found = reader.feed(part, atMs)
    pieces.push({ atMs, bytes: Buffer.byteLength(part), isCut: reader.isInside, blocks: found })
    blocks.push(...found)
    text += part
    wakeAll()
  })
  res.on('error', () => {}) // cut: `close` follows
  res.on('close', () => {
    isOver = true
    wakeAll()
  })

  return {
    status: res.statusCode ?? 0,
    headers: res.headers,
    headersAfterMs,
    pieces,
    blocks,
    get text() {
      return text
    },
    get isOver() {
      return isOver
    },
    async until(holds, ms) {
      const done = new AbortController()
      const wake = () => {
        if (holds() || isOver) done.abort()
      }
      waiting.add(wake)
      wake()
      await sleep(ms, done.signal)
      waiting.delete(wake)
      return holds()
    },
    close,
  }
}
