import { admit } from '../admission.ts'
import { unavailable } from '../join-channel.ts'
import { answerEmpty, refuse } from './node-response.ts'

import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'

/**
 * Answers preflights and what may not come in; lets `open` answer the rest, which holds a place until it settles. What
 * `open` throws is logged, and told to nobody. Never rejects.
 */
export async function serveRequest(
  engine: Engine,
  req: HttpRequest,
  res: HttpResponse,
  methods: readonly string[],
  open: () => Promise<Refusal | undefined>,
): Promise<void> {
  const { cors, logger } = engine.settings
  const admission = admit(engine, req.method ?? 'GET', req.headers.origin, methods)
  if (admission.kind === 'preflight') return answerEmpty(res, 204, admission.headers)
  if (admission.kind === 'refused') return refuse(req, res, cors, admission.refusal)
  try {
    const refusal = await open()
    if (refusal) refuse(req, res, cors, refusal)
  } catch (error) {
    logger.error({ err: error }, 'opening a stream failed')
    if (res.headersSent) res.destroy()
    else refuse(req, res, cors, unavailable)
  } finally {
    admission.free()
  }
}
