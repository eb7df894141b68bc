import { randomBytes } from 'node:crypto'

/** Whose token it is, and until when. */
export interface TokenOwner {
  readonly labId: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Tokens that end, for links that are broken by letting them end. */
export interface LabTokens {
  issue(labId: string): { readonly token: string; readonly expiresInMs: number }
  /** Whose token this is, if it is still good. */
  whoIs(token: string): TokenOwner | undefined
  /** Withdraws all tokens of a link. */
  withdraw(labId: string): void
}

const tokenMs = 10 * 60_000
/** Of all links together; over it the oldest ends before its time. Six tabs of 200 links have room. */
const maxTokens = 5000

export function createLabTokens(): LabTokens {
  // In the order in which they were issued, which is that in which they end.
  const tokens = new Map<string, TokenOwner>()

  function forgetOld(now: number): void {
    for (const [token, { expiresAt }] of tokens) {
      if (expiresAt > now && tokens.size < maxTokens) return
      tokens.delete(token)
    }
  }

  return {
    issue(labId) {
      const now = Date.now()
      forgetOld(now)
      const token = randomBytes(18).toString('base64url')
      tokens.set(token, { labId, expiresAt: now + tokenMs })
      return { token, expiresInMs: tokenMs }
    },
    whoIs(token) {
      const known = tokens.get(token)
      return known && known.expiresAt > Date.now() ? known : undefined
    },
    withdraw(labId) {
      for (const [token, { labId: owner }] of tokens) if (owner === labId) tokens.delete(token)
    },
  }
}
