import { StreamError, refusalOf } from '../errors.ts'

import type { ClientEnvelope } from '../protocol/envelope.ts'
import type { Fields } from './channel-news.ts'

/** Gives commands to the server; the promise rejects if they may not have reached it. */
export type Give = (commands: readonly ClientEnvelope[]) => Promise<unknown> | undefined

/** Where something that was published stands. */
export interface Published {
  readonly position: string
}

interface Pending {
  readonly command: ClientEnvelope
  readonly bytes: number
  readonly resolve: (published: Published) => void
  readonly reject: (error: unknown) => void
  isSent?: boolean
}

/** What has been published and not been confirmed, by id and in order. */
export type Outbox = Map<string, Pending>

/** More of them at a time are refused at once; it is as many as one request may hold. */
const maxPending = 100
/** A server takes no longer one, and cannot say one back that it has not taken. */
const maxIdLength = 128
/** A request or frame holds 64 KiB, with what goes around the commands. */
const maxBytes = 65_500

/** @param id tells it from others; the server says it back */
export function enqueue(outbox: Outbox, channel: string, data: unknown, id: string): Promise<Published> {
  return new Promise((resolve, reject) => {
    // As it is now; what JSON cannot say rejects alone, and not what goes out with it.
    const command: ClientEnvelope = { type: 'publish', channel, data: JSON.parse(JSON.stringify(data)), id }
    // With a comma.
    const bytes = new TextEncoder().encode(JSON.stringify(command)).length + 1
    if (outbox.size >= maxPending || outbox.has(id) || id.length > maxIdLength || bytes > maxBytes)
      reject(new StreamError('UNSENT', 'too many wait, the id is taken or too long, or it is over 64 KiB'))
    else outbox.set(id, { command, bytes, resolve, reject })
  })
}

/** Gives what has not been sent, in as many parts as it takes. */
export function sendAll(outbox: Outbox, give: Give): void {
  const parts: [string, Pending][][] = []
  let room = 0
  for (const each of outbox) {
    const [, pending] = each
    if (pending.isSent) continue
    pending.isSent = true
    room -= pending.bytes
    if (room < 0) {
      room = maxBytes - pending.bytes
      parts.push([])
    }
    parts.at(-1)?.push(each)
  }
  for (const part of parts)
    give(part.map(([, { command }]) => command))?.catch((error: unknown) => {
      for (const [id] of part) settle(outbox, id, error)
    })
}

/** Takes the server's answer. */
export const confirm = (outbox: Outbox, id: string, envelope: Fields): void =>
  envelope['type'] === 'published'
    ? settle(outbox, id, undefined, { position: String(envelope['position']) })
    : settle(outbox, id, refusalOf(envelope))

/** The link is lost: what was sent may have arrived. Nothing more is sent where it `isOver`. */
export function giveUp(outbox: Outbox, isOver: boolean): void {
  for (const [id, { isSent }] of outbox)
    if (isSent) settle(outbox, id, new StreamError('UNCONFIRMED', 'nobody knows whether the server got it'))
    else if (isOver) settle(outbox, id, new StreamError('UNSENT', 'the client was closed, or gave up'))
}

function settle(outbox: Outbox, id: string, error: unknown, published?: Published): void {
  const pending = outbox.get(id)
  outbox.delete(id)
  if (published) pending?.resolve(published)
  else pending?.reject(error)
}
