import { formatPosition } from '@steadystream/core/protocol'

import { judge } from './authorization.ts'
import { encodeJson } from './channel-event.ts'
import { badRequest, readName } from './channel-request.ts'
import { RealtimeError } from './errors.ts'
import { unavailable } from './join-channel.ts'
import { show } from './option-readers.ts'

import type { Channel } from './channel.ts'
import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'
import type { Principal } from './principal.ts'

/**
 * Makes the event that is published of what a client sent: checks it, and writes the sender into it. `undefined` refuses
 * it as malformed.
 */
export type ClientPublish = (
  data: unknown,
  context: { readonly principal: Principal | undefined; readonly channel: Channel },
) => unknown

/** @throws {TypeError} if the option is neither a function nor a boolean. */
export function readClientPublish(option: unknown): ClientPublish | undefined {
  if (option === undefined || option === false) return undefined
  if (option === true) return stampSender
  if (typeof option === 'function') return option as ClientPublish // a function's signature cannot be seen
  throw new TypeError(`clientPublish must be a function (data, context) => event, or a boolean, got ${show(option)}`)
}

function stampSender(data: unknown, { principal }: { readonly principal: Principal | undefined }): object | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  return { ...data, sender: principal?.userId ?? null }
}

const notHere: Refusal = { status: 403, code: 'FORBIDDEN', message: 'clients cannot publish here' }
const completed: Refusal = { status: 409, code: 'CHANNEL_COMPLETED', message: 'the channel is completed' }

/** Publishes for a client where that is turned on and he may, behind what he published before. Never rejects. */
export async function publishFor(
  engine: Engine,
  principal: Principal | undefined,
  channel: Channel,
  data: unknown,
  before: Promise<unknown>,
): Promise<{ readonly position: string } | Refusal> {
  const { clientPublish, logger } = engine.settings
  if (!clientPublish) return notHere
  const name = readName(channel)
  if (!name) return badRequest('channel is not a valid name')
  const caller = engine.callers.expect()
  caller.userId = principal?.userId
  try {
    const refusal = await judge(engine, principal, 'publish', channel, false)
    await before
    const taken = refusal ?? caller.refusal()
    if (taken) return taken
    const event = clientPublish(data, { principal, channel })
    if (event === undefined) return badRequest('this event is refused')
    return { position: formatPosition(await engine.backplane.publish(name.key, encodeJson(event))) }
  } catch (error) {
    if (error instanceof RealtimeError && error.code === 'CHANNEL_COMPLETED') return completed
    logger.error({ err: error, channel: name.label }, 'publishing for a client failed')
    return unavailable
  } finally {
    caller.settle()
  }
}
