import { closeCodes } from '@steadystream/core/protocol'

import { authenticate, forbidden, judge } from '../authorization.ts'
import { deadlineOf, expiresInMs } from '../client.ts'
import { monotonicMs } from '../env.ts'
import { readCommand } from '../read-command.ts'
import { TokenBucket } from '../token-bucket.ts'
import { envelopeFrameWire } from './text-frames.ts'

import type { RawData } from 'ws'
import type { Channel } from '../channel.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
import type { RealtimeRequest } from '../principal.ts'
import type { Session } from '../session.ts'
import type { Reply } from './channels-wire.ts'

// Enough for a client of a later version that tries what is new, too few to keep a server busy.
const maxErrors = 10
// Each asks the user's code; credentials are renewed once in minutes.
const authBurst = 10
const authPerSecond = 0.1

const notUnderstood: Refusal = { status: 400, code: 'BAD_REQUEST', message: 'only ping and auth are understood here' }
const tooOften: Refusal = { status: 429, code: 'RATE_LIMITED', message: 'too many commands' }

/** Takes what the client of one channel says, one envelope in a text frame; never trusts it. */
export function createCommands(
  engine: Engine,
  session: Session,
  request: () => RealtimeRequest,
  channel: Channel,
): (data: RawData, isBinary: boolean) => void {
  const renewals = new TokenBucket(authBurst, authPerSecond, monotonicMs())
  let errors = 0

  function tell(reply: Reply): void {
    const frame = envelopeFrameWire.reply(reply)
    if (frame) session.write(frame)
  }

  function refuse({ status, code, message }: Refusal): void {
    const { transport, userId } = session
    engine.observer.refused({ transport, asked: 'command', status, code, ip: request().ip, userId })
    tell({ type: 'error', code, message })
    if (++errors >= maxErrors) session.end({ ...closeCodes.tooManyErrors, reconnect: false })
  }

  async function renew(token: string): Promise<void> {
    const known = await authenticate(engine, { ...request(), token })
    if (!session.isOpen) return
    if ('code' in known) return refuse(known)
    const { principal } = known
    if (!principal || principal.userId !== session.userId) return refuse(principal ? forbidden : notUnderstood)
    const refusal = await judge(engine, principal, 'subscribe', channel, true)
    if (refusal) return session.end({ ...closeCodes.forbidden, reconnect: false })
    session.renew(principal, deadlineOf(principal, engine.settings.limits.lifetimeMs))
    tell({ type: 'authenticated', expiresIn: expiresInMs(principal) })
  }

  return (data, isBinary) => {
    if (!session.isOpen) return
    const command = isBinary ? undefined : readCommand(parseFrame(data))
    if (command?.type === 'ping') tell({ type: 'pong' })
    else if (command?.type !== 'auth') refuse(notUnderstood)
    else if (renewals.take(monotonicMs())) void renew(command.token)
    else refuse(tooOften)
  }
}

/** The JSON of a text frame; `undefined` where it is none. */
export function parseFrame(data: RawData): unknown {
  try {
    // A frame comes as one Buffer, of which `toString` is the text.
    return JSON.parse((data as Buffer).toString())
  } catch {
    return undefined
  }
}
