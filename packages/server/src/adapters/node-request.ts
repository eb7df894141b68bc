import { admit } from '../admission.ts'
import { clientAddress } from '../client-address.ts'
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
  const { logger, trustProxy } = engine.settings
  const admission = admit(engine, req, methods)
  if (admission.kind === 'preflight') return answerEmpty(res, 204, admission.headers)
  const caller = engine.callers.expect(clientAddress(req, trustProxy))
  const turnDown = (refusal: Refusal) => refuse(engine, transport, req, res, refusal, caller)
  if (admission.kind === 'refused') {
    caller.settle()
    return turnDown(admission.refusal)
  }
  try {
    const client = await identify(engine, req, transport, admission.place, caller)
    if (isGone(res)) return
    if ('code' in client) return turnDown(client)
    const refusal = caller.refusal() ?? (await open(client))
    if (refusal) turnDown(refusal)
  } catch (error) {
    logger.error({ err: error }, 'opening a stream failed')
    if (res.headersSent) res.destroy()
    else turnDown(unavailable)
  } finally {
    admission.place.settle()
    caller.settle()
  }
}
