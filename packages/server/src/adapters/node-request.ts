import { admit } from '../admission.ts'
import { identify } from '../identify.ts'
import { unavailable } from '../join-channel.ts'
import { answerEmpty, isGone, refuse } from './node-response.ts'

import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { Client } from '../client.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { TransportName } from '../transports/wire.ts'

/**
 * Answers preflights and what may not come in; lets `open` answer the rest, once it is known who asks. The request holds
 * a place until `open` settles, and its session from there on. What `open` throws is logged, and told to nobody. Never
 * rejects.
 */
export async function serveRequest(
  engine: Engine,
  req: HttpRequest,
  res: HttpResponse,
  transport: TransportName,
  methods: readonly string[],
  open: (client: Client) => Promise<Refusal | undefined>,
): Promise<void> {
  const { cors, logger } = engine.settings
  const admission = admit(engine, req, methods)
  if (admission.kind === 'preflight') return answerEmpty(res, 204, admission.headers)
  if (admission.kind === 'refused') return refuse(req, res, cors, admission.refusal)
  try {
    const client = await identify(engine, req, transport, admission.place)
    if (isGone(res)) return
    const refusal = 'code' in client ? client : await open(client)
    if (refusal) refuse(req, res, cors, refusal)
  } catch (error) {
    logger.error({ err: error }, 'opening a stream failed')
    if (res.headersSent) res.destroy()
    else refuse(req, res, cors, unavailable)
  } finally {
    admission.place.settle()
  }
}
