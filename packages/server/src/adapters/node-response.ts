import { corsHeaders } from '../cors.ts'
import { sseHeaders } from '../transports/sse.ts'

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Cors } from '../cors.ts'
import type { Refusal } from '../errors.ts'
import type { Session } from '../session.ts'

/** Answers with JSON instead of a stream. Says what the refusal says, never what an exception said. */
export function refuse(req: IncomingMessage, res: ServerResponse, cors: Cors | undefined, refusal: Refusal): void {
  const { status, code, message, headers } = refusal
  writeHead(res, status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'private, no-store',
    'X-Content-Type-Options': 'nosniff',
    ...corsHeaders(cors, req.headers.origin),
    ...headers,
  })
  res.end(req.method === 'HEAD' ? undefined : JSON.stringify({ error: { code, message } }))
}

/** Answers with headers alone: a preflight, or a stream that has ended for good. */
export function answerEmpty(res: ServerResponse, status: number, headers: Readonly<Record<string, string>>): void {
  writeHead(res, status, { 'Cache-Control': 'private, no-store', 'X-Content-Type-Options': 'nosniff', ...headers })
  res.end()
}

/** Sends the headers of an event stream at once. */
export function beginStream(req: IncomingMessage, res: ServerResponse, cors: Cors | undefined): void {
  writeHead(res, 200, { ...sseHeaders, ...corsHeaders(cors, req.headers.origin) })
  res.flushHeaders()
}

/** Tells a session what becomes of the response that it writes to. */
export function attach(session: Session, res: ServerResponse): void {
  res.on('drain', () => session.drained())
  res.on('close', () => session.closed())
  // Without a listener an error of the response would end the process.
  res.on('error', () => session.destroy('failed'))
}

/** Whether the client went away while its request was being decided. */
export function isGone(res: ServerResponse): boolean {
  return res.destroyed || res.writableEnded
}

function writeHead(res: ServerResponse, status: number, headers: Readonly<Record<string, string>>): void {
  const { Vary: vary, ...others } = headers
  for (const [name, value] of Object.entries(others)) res.setHeader(name, value)
  // Middleware may have named other headers there; they stay.
  if (vary !== undefined) res.appendHeader('Vary', vary)
  res.writeHead(status)
}
