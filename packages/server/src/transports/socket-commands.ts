import { closeCodes } from '@steadystream/core/protocol'

import { authenticate, describeRequest, forbidden, judge } from '../authorization.ts'
import { deadlineOf, expiresInMs } from '../client.ts'
import { monotonicMs } from '../env.ts'
import { readCommand } from '../read-command.ts'
import { TokenBucket } from '../token-bucket.ts'
import { envelopeFrameWire } from './text-frames.ts'

import type { IncomingMessage } from 'node:http'
import type { RawData } from 'ws'
import type { Channel } from '../channel.ts'
import type { Engine } from '../engine.ts'
import type { Refusal } from '../errors.ts'
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
export class SocketCommands {
  readonly #engine: Engine
  readonly #session: Session
  readonly #channel: Channel
  /** For an `authenticate` that is asked again. It is larger than all the rest of a session. */
  readonly #request: IncomingMessage | undefined
  #renewals: TokenBucket | undefined
  #errors = 0

  constructor(engine: Engine, session: Session, channel: Channel, request: IncomingMessage) {
    this.#engine = engine
    this.#session = session
    this.#channel = channel
    this.#request = engine.settings.authenticate && request
  }

  take(data: RawData, isBinary: boolean): void {
    if (!this.#session.isOpen) return
    const command = isBinary ? undefined : readCommand(parseFrame(data))
    if (command?.type === 'ping') return this.#tell({ type: 'pong' })
    if (command?.type !== 'auth') return this.#refuse(notUnderstood)
    const now = monotonicMs()
    this.#renewals ??= new TokenBucket(authBurst, authPerSecond, now)
    if (this.#renewals.take(now)) void this.#renew(command.token)
    else this.#refuse(tooOften)
  }

  #tell(reply: Reply): void {
    const frame = envelopeFrameWire.reply(reply)
    if (frame) this.#session.write(frame)
  }

  #refuse({ status, code, message }: Refusal): void {
    const session = this.#session
    const { transport, userId, client } = session
    this.#engine.observer.refused({ transport, asked: 'command', status, code, ip: client.caller.ip, userId })
    this.#tell({ type: 'error', code, message })
    if (++this.#errors >= maxErrors) session.end({ ...closeCodes.tooManyErrors, reconnect: false })
  }

  async #renew(token: string): Promise<void> {
    const engine = this.#engine
    const session = this.#session
    // Nobody could say whose it is.
    if (!this.#request) return this.#refuse(notUnderstood)
    const known = await authenticate(engine, { ...describeRequest(engine, this.#request, 'websocket'), token })
    if (!session.isOpen) return
    if ('code' in known) return this.#refuse(known)
    const { principal } = known
    if (!principal || principal.userId !== session.userId) return this.#refuse(principal ? forbidden : notUnderstood)
    const refusal = await judge(engine, principal, 'subscribe', this.#channel, true)
    if (refusal) return session.end({ ...closeCodes.forbidden, reconnect: false })
    session.renew(principal, deadlineOf(principal, engine.settings.limits.lifetimeMs))
    this.#tell({ type: 'authenticated', expiresIn: expiresInMs(principal) })
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
