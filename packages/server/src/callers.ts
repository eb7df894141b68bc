import { forbidden } from './authorization.ts'

import type { Refusal } from './errors.ts'

/** What is taken from a user: one channel, by its label, or his connections. */
export interface Revocation {
  readonly userId: string
  readonly channel?: string
}

/** What somebody is answered who was disconnected while his request was judged. */
export const disconnected: Refusal = { status: 403, code: 'FORBIDDEN', message: 'you have been disconnected' }

/**
 * Those whose requests are being judged. What is taken from a user is taken from them as well: `authenticate` and
 * `authorize` may have read what held before, and answer after.
 */
export class Callers {
  readonly #pending = new Set<Caller>()

  /** From before anybody is asked who it is. To be settled when a session stands, or none will. */
  expect(ip?: string): Caller {
    const caller = new Caller(this.#pending, ip)
    this.#pending.add(caller)
    return caller
  }

  revoke(revocation: Revocation): void {
    for (const caller of this.#pending) caller.revoke(revocation)
  }
}

/** Who sent a request, while it is judged. */
export class Caller {
  /** As `authenticate` found it; `undefined` before it has. */
  userId: string | undefined
  /** Asked for at once, as a request that is over does not know it any more. */
  readonly ip: string | undefined
  #revoked: Revocation[] | undefined
  readonly #pending: Set<Caller>

  constructor(pending: Set<Caller>, ip: string | undefined) {
    this.#pending = pending
    this.ip = ip
  }

  /** Kept whoever's it is, as nobody may know yet who this is. */
  revoke(revocation: Revocation): void {
    this.#revoked ??= []
    this.#revoked.push(revocation)
  }

  /** Why he may not connect, or not follow this channel, although he has been let in. */
  refusal(label?: string): Refusal | undefined {
    const his = this.#revoked?.filter(({ userId }) => userId === this.userId) ?? []
    if (his.some(({ channel }) => channel === undefined)) return disconnected
    return his.some(({ channel }) => channel === label) ? forbidden : undefined
  }

  /** From here on it is his session that things are taken from. */
  settle(): void {
    this.#pending.delete(this)
    this.#revoked = undefined
  }
}
