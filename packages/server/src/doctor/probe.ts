import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'

import { watchAnswer } from '@steadystream/core/checks'

import { monotonicMs, sleep } from '../env.ts'

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { AnswerHeaders, Ask, Probe } from '@steadystream/core/checks'

/** Asks over a connection of its own, by the parts of which `fetch` would take the choice away. */
export const ask: Ask = async (url, { method = 'GET', headers = {}, body, timeoutMs }) => {
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
  const head = { status: res.statusCode ?? 0, headers: flat(res.headers), headersAfterMs, close }
  const { probe, feed, end } = watchAnswer(head, { now: monotonicMs, after })
  res.setEncoding('utf8').on('data', feed)
  res.on('error', () => {}) // cut: `close` follows
  res.on('close', end)
  return probe
}

function after(ms: number, callback: () => void): () => void {
  const canceled = new AbortController()
  void sleep(ms, canceled.signal).then(() => canceled.signal.aborted || callback())
  return () => canceled.abort()
}

/** The list of cookies as one value; every other header is one already. */
function flat(headers: IncomingHttpHeaders): AnswerHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]))
}
