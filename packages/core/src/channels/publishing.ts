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

/** @param id tells it from others; the server says it back */
export function enqueue(outbox: Outbox, channel: string, data: unknown, id: string): Promise<Published> {
  return new Promise((resolve, reject) => {
    if (outbox.size >= maxPending || outbox.has(id) || id.length > maxIdLength)
      reject(new StreamError('UNSENT', 'too many wait, or the id is taken or too long'))
    else {
      // As it is now; what JSON cannot say rejects alone, and not what goes out with it.
      const copy: unknown = JSON.parse(JSON.stringify(data))
      outbox.set(id, { command: { type: 'publish', channel, data: copy, id }, resolve, reject })
    }
  })
}

/** Gives what has not been sent. */
export function sendAll(outbox: Outbox, give: Give): void {
  const due = [...outbox].filter(([, { isSent }]) => !isSent)
  for (const [, pending] of due) pending.isSent = true
  if (due.length)
    give(due.map(([, { command }]) => command))?.catch((error: unknown) => {
      for (const [id] of due) settle(outbox, id, error)
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
