import { addressGroup } from './client-address.ts'
import { badRequest, readName } from './channel-request.ts'
import { publishFor } from './client-publish.ts'
import { readCommand } from './read-command.ts'

import type { Engine } from './engine.ts'
import type { Refusal } from './errors.ts'
import type { Principal, RealtimeRequest } from './principal.ts'
import type { Reply } from './transports/channels-wire.ts'

/** What is said of a command that was done, and whose effect shows on the stream. */
type Answer = Reply | null

const maxCommands = 100

const noSession: Refusal = { status: 404, code: 'NOT_FOUND', message: 'there is no such session' }
const onlyPublish: Refusal = { status: 400, code: 'BAD_REQUEST', message: 'without a session only publish is possible' }
const tooFast: Refusal = {
  status: 429,
  code: 'RATE_LIMITED',
  message: 'too many commands',
  headers: { 'Retry-After': '1' },
}

/**
 * Does commands that come apart from the connection that they are about: those of an event stream, which goes one way,
 * named by its secret; and of clients that poll, which have none and may only publish.
 */
export async function runCommands(
  engine: Engine,
  request: RealtimeRequest,
  principal: Principal | undefined,
  body: object,
): Promise<Answer[] | Refusal> {
  const { session, commands } = body as { readonly session?: unknown; readonly commands?: unknown } // both checked
  if (!Array.isArray(commands) || commands.length > maxCommands) return badRequest('commands must be at most 100')
  if (session === undefined) return publishAll(engine, request, principal, commands)
  const desk = typeof session === 'string' ? engine.desks.find(session) : undefined
  // A secret that leaked is of no use to another user.
  if (!desk || desk.session.userId !== principal?.userId) return noSession
  const answers: Answer[] = []
  // One after the other, as they would come over a socket, but without waiting for each to be judged.
  const performed = commands.map((command: unknown) => desk.perform(command))
  for (const answer of performed) answers.push((await answer) ?? null)
  return answers
}

async function publishAll(
  engine: Engine,
  { ip, transport }: RealtimeRequest,
  principal: Principal | undefined,
  commands: readonly unknown[],
): Promise<Answer[] | Refusal> {
  // Where nobody is told from others, all of them are one.
  const key =
    principal?.userId === undefined ? `ip:${ip === undefined ? '' : addressGroup(ip)}` : `user:${principal.userId}`
  const answers: Answer[] = []
  for (const value of commands) {
    const isTooFast = !engine.posts.take(key)
    const read = readCommand(value)
    const command = read?.type === 'publish' ? read : undefined
    const result = isTooFast
      ? tooFast
      : command
        ? await publishFor(engine, principal, command.channel, command.data, Promise.resolve())
        : onlyPublish
    // As a whole only while nothing is published: from there on the client has to know which of them are.
    if (answers.length === 0 && (result === tooFast || result === onlyPublish)) return result
    const channel = command && readName(command.channel)?.label
    const id = command?.id
    if ('status' in result) {
      const { status, code, message } = result
      engine.observer.refused({ transport, asked: 'command', status, code, ip, userId: principal?.userId })
      answers.push({ type: 'error', code, message, channel, id })
    } else answers.push({ type: 'published', position: result.position, channel: channel ?? '', id })
  }
  return answers
}
