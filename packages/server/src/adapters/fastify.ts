import type { HttpRequest, HttpResponse } from '../http-messages.ts'

/** The part of a Fastify request that is used. */
export interface FastifyRequestLike<Req extends HttpRequest> {
  readonly raw: Req
  readonly body?: unknown
}

/** The part of a Fastify reply that is used. */
export interface FastifyReplyLike<Res extends HttpResponse> {
  readonly raw: Res
  hijack(): unknown
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>
}

/** What is behind a request and its reply: the arguments of `realtime.node`, `realtime.poll` and `realtime.stream`. */
export interface Taken<Req extends HttpRequest, Res extends HttpResponse> {
  readonly req: Req
  readonly res: Res
}

/**
 * Takes a request out of Fastify's hands, which would end it when the handler returns. Headers that hooks gave the
 * reply, such as those of a CORS plugin, go along. A handler that calls this returns nothing.
 */
export function takeOver<Req extends HttpRequest, Res extends HttpResponse>(
  request: FastifyRequestLike<Req>,
  reply: FastifyReplyLike<Res>,
): Taken<Req, Res> {
  reply.hijack()
  const { raw: res } = reply
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    for (const part of [value ?? []].flat()) res.appendHeader(name, String(part))
  }
  // Fastify has read it: it cannot be read again, and is looked for where Express puts it.
  if (request.body !== undefined)
    Object.defineProperty(request.raw, 'body', { value: request.body, configurable: true })
  return { req: request.raw, res }
}
