import { closeCodes } from '@steadystream/core/protocol'

import { authenticate, unauthorized } from './authorization.ts'
import { disconnected } from './callers.ts'
import { nameChannel } from './channel.ts'
import { readName } from './channel-request.ts'
import { deadlineOf, expiresInMs } from './client.ts'
import { publishFor } from './client-publish.ts'
import { monotonicMs } from './env.ts'
import { readCommand } from './read-command.ts'
import { Subscriptions } from './subscriptions.ts'
import { TokenBucket } from './token-bucket.ts'

import type { Caller } from './callers.ts'
import type { Channel } from './channel.ts'
import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'
import type { Principal, RealtimeRequest } from './principal.ts'
import type { ChannelCommand, Command } from './read-command.ts'
import type { Session } from './session.ts'
import type { ChannelsWire, Reply } from './transports/channels-wire.ts'

// Enough for a client of a later version that tries what is new, too few to keep a server busy: ten at once, and then
// one in six seconds.
const errorBurst = 10
const errorsPerSecond = 1 / 6
// Seconds' worth of commands that may come at once, as they do after a reconnect.
export const burstSeconds = 4

// Channels in one command cost less than commands for each, and not nothing: each is judged and joined.
const channelsPerToken = 10

const notUnderstood: Refusal = { status: 400, code: 'BAD_REQUEST', message: 'this is no command' }
const tooFast: Refusal = { status: 429, code: 'RATE_LIMITED', message: 'too many commands' }
const otherUser: Refusal = { status: 403, code: 'FORBIDDEN', message: 'these credentials are of another user' }

/** Lets somebody in who has said who he is; returns what to do then, or why not. */
export type Entry = (principal: Principal, caller: Caller) => Refusal | (() => void)

/** Takes the commands of one session that follows many channels; never trusts them. */
export class CommandDesk {
  readonly session: Session
  readonly subscriptions: Subscriptions
  readonly #engine: Engine
  readonly #request: RealtimeRequest
  readonly #wire: ChannelsWire
  readonly #commands: TokenBucket
  readonly #errors: TokenBucket
  /** Of a session that has not said yet who it is: what to do when it has. */
  #onKnown: Entry | undefined
  /** What a `publish` waits for: events come in the order of their commands, and on channels asked for before. */
  #before: Promise<unknown> = Promise.resolve()

  constructor(engine: Engine, session: Session, wire: ChannelsWire, request: RealtimeRequest, onKnown?: Entry) {
    const now = monotonicMs()
    const { commandsPerSecond } = engine.settings.limits
    this.#engine = engine
    this.session = session
    this.#wire = wire
    this.#request = request
    this.subscriptions = new Subscriptions(engine, session, wire)
    this.#commands = new TokenBucket(Math.max(1, commandsPerSecond * burstSeconds), commandsPerSecond, now)
    this.#errors = new TokenBucket(errorBurst, errorsPerSecond, now)
    this.#onKnown = onKnown
  }

  /** Says something to the client, where its format has words for it. */
  tell(reply: Reply): void {
    const bytes = this.#wire.reply(reply)
    if (bytes) this.session.write(bytes)
  }

  /** Says that a channel is not followed that was to be from the start. */
  tellRefused(refusal: Refusal, channel?: string): void {
    this.tell(this.#reply(refusal, { channel }))
  }

  /**
   * Does what a client says.
   * @returns the answer; `undefined` where what happens on the channel is one.
   */
  async perform(value: unknown): Promise<Reply | undefined> {
    const command = readCommand(value)
    // Costs next to nothing, and may come often.
    if (command?.type === 'ping') return { type: 'pong' }
    const several = command?.type === 'several' ? command.commands : undefined
    if (!this.#commands.take(monotonicMs(), several && several.length / channelsPerToken))
      return several ? this.#refuseAll(several) : this.#fault(tooFast, command)
    if (!command) return this.#fault(notUnderstood)
    if (this.#onKnown && command.type !== 'auth') return this.#fault(unauthorized, command)
    if (command.type === 'auth') return this.#renew(command.token)
    if (command.type === 'unsubscribe') return this.#unsubscribe(command.channel)
    if (command.type === 'publish') return this.#publish(command)
    if (command.type === 'several') return this.#performAll(command.commands)
    const joining = this.subscriptions.subscribe(command.channel, command.start)
    this.#before = Promise.all([this.#before, joining])
    const refusal = await joining
    return refusal && this.#refuse(refusal, command)
  }

  /** Takes away what may not be read any more; says so. */
  revoke(matches: (channel: Channel) => boolean): void {
    for (const channel of this.subscriptions.unsubscribe(matches))
      this.tell({ type: 'unsubscribed', channel, code: 'FORBIDDEN' })
  }

  /** Says of each channel what becomes of it. */
  async #performAll(commands: readonly ChannelCommand[]): Promise<undefined> {
    const told = commands.map(async (command) => {
      if (command.type === 'unsubscribe') return this.tell(this.#unsubscribe(command.channel))
      const refusal = await this.subscriptions.subscribe(command.channel, command.start)
      if (refusal) this.tell(this.#reply(refusal, aboutOf(command)))
    })
    const outcomes = Promise.all(told)
    this.#before = Promise.all([this.#before, outcomes])
    await outcomes
  }

  #refuseAll(commands: readonly ChannelCommand[]): undefined {
    for (const command of commands) this.tell(this.#reply(tooFast, aboutOf(command)))
    // They came as one command, and are one fault.
    if (!this.#errors.take(monotonicMs())) this.session.end({ ...closeCodes.tooManyErrors, reconnect: false })
  }

  #unsubscribe(channel: Channel | { readonly type: string }): Reply {
    const labels = this.subscriptions.unsubscribe(matcher(channel))
    for (const label of labels.slice(1)) this.tell({ type: 'unsubscribed', channel: label })
    return { type: 'unsubscribed', channel: labels[0] ?? labelOf(channel) }
  }

  async #publish(command: Extract<Command, { type: 'publish' }>): Promise<Reply> {
    const { channel, data, id } = command
    const outcome = publishFor(this.#engine, this.session.principal, channel, data, this.#before)
    this.#before = outcome
    const result = await outcome
    if ('status' in result) return this.#refuse(result, command)
    return { type: 'published', channel: labelOf(channel), position: result.position, ...(id !== undefined && { id }) }
  }

  async #renew(token: string): Promise<Reply | undefined> {
    const caller = this.#engine.callers.expect()
    try {
      return await this.#judge(token, caller)
    } finally {
      caller.settle()
    }
  }

  async #judge(token: string, caller: Caller): Promise<Reply | undefined> {
    const known = await authenticate(this.#engine, { ...this.#request, token })
    const { session } = this
    if (!session.isOpen) return undefined
    const onKnown = this.#onKnown
    if ('code' in known || !known.principal) {
      if (onKnown) session.end({ ...closeCodes.unauthorized, reconnect: true })
      return onKnown ? undefined : this.#fault('code' in known ? known : notUnderstood)
    }
    const { principal } = known
    if (!onKnown && principal.userId !== session.userId) return this.#fault(otherUser)
    const begin = onKnown?.(principal, caller)
    if (begin === disconnected) session.end({ ...closeCodes.disconnected, reconnect: false })
    if (typeof begin === 'object') return this.#fault(begin)
    this.#onKnown = undefined
    session.renew(principal, deadlineOf(principal, this.#engine.settings.limits.lifetimeMs))
    if (begin) {
      begin()
      return undefined
    }
    for (const channel of await this.subscriptions.reconsider()) {
      this.tell({ type: 'unsubscribed', channel, code: 'FORBIDDEN' })
    }
    return { type: 'authenticated', expiresIn: expiresInMs(principal) }
  }

  /** Refuses what no honest client does often; who does is sent away. */
  #fault(refusal: Refusal, command?: Command): Reply {
    const reply = this.#reply(refusal, aboutOf(command))
    if (this.#errors.take(monotonicMs())) return reply
    this.tell(reply)
    this.session.end({ ...closeCodes.tooManyErrors, reconnect: false })
    return reply
  }

  #refuse(refusal: Refusal, command: Command): Reply {
    // Somebody may well ask for what he may not have, or what there is no place for yet, and ask again.
    return refusal.status === 400 ? this.#fault(refusal, command) : this.#reply(refusal, aboutOf(command))
  }

  #reply({ status, code, message }: Refusal, about: About): Reply {
    const { transport, userId } = this.session
    this.#engine.observer.refused({ transport, asked: 'command', status, code, ip: this.#request.ip, userId })
    return { type: 'error', code, message, ...about }
  }
}

/** What an error names of a command. */
interface About {
  readonly channel?: string | undefined
  readonly id?: string | undefined
}

function aboutOf(command: Command | undefined): About {
  const channel = command && 'channel' in command ? labelOf(command.channel) : undefined
  return { channel, id: command?.type === 'publish' ? command.id : undefined }
}

function matcher(wanted: Channel | { readonly type: string }): (channel: Channel) => boolean {
  if (isWholeType(wanted)) return (channel) => typeof channel === 'object' && channel.type === wanted.type
  const key = readName(wanted)?.key
  return (channel) => nameChannel(channel).key === key
}

function isWholeType(channel: Channel | { readonly type: string }): channel is { readonly type: string } {
  return typeof channel === 'object' && !('id' in channel) && !('userId' in channel)
}

/** `undefined` for a type, and for what is no valid name: that is never said back. */
function labelOf(channel: Channel | { readonly type: string }): string {
  return isWholeType(channel) ? channel.type : (readName(channel)?.label ?? '')
}
