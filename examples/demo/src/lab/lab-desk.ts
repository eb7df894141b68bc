import { closeCodes } from '@steadystream/core/protocol'
import { createLabLinks } from './lab-links.ts'
import { createLabTokens } from './lab-tokens.ts'
import type { Realtime, SessionView } from '@steadystream/server'
import type { LabLink } from './lab-links.ts'
import type { LabTokens, TokenOwner } from './lab-tokens.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'

/** Trouble on demand. Part of the demo, not of a real server. */
export interface LabDesk {
  /** Opens a link, or finds it again; `undefined` where there are too many. */
  open(labId: string): LabLink | undefined
  find(labId: string): LabLink | undefined
  entry(labId: string): LedgerEntry | undefined
  issueToken(labId: string): ReturnType<LabTokens['issue']>
  /** Whose token this is, if it is still good. */
  whoIs(token: string): TokenOwner | undefined
  sessionsOf(labId: string): SessionView[]
  /** Withdraws all tokens, and tells the links that had one. */
  expire(labId: string): number
  stop(): void
}

export const labChannel = (labId: string) => ({ type: 'lab', id: labId })

const labelPrefix = 'lab:'
const tickMs = 50

export function createLabDesk(realtime: Realtime, ledger: Ledger, onFailure: (error: unknown) => void): LabDesk {
  const links = createLabLinks(ledger)
  const tokens = createLabTokens()
  const sessionsOf = (labId: string) =>
    [...realtime.sessions].filter(({ channel }) => channel === `${labelPrefix}${labId}`)

  function tick(): void {
    const channels = Array.from(realtime.sessions, ({ channel }) => channel ?? '')
    const followed = channels
      .filter((each) => each.startsWith(labelPrefix))
      .map((each) => each.slice(labelPrefix.length))
    for (const { labId, event } of links.advance(tickMs, new Set(followed))) {
      realtime.publish(labChannel(labId), event).catch(onFailure)
    }
  }

  const timer = setInterval(tick, tickMs)
  return {
    open: links.open,
    find: links.find,
    entry: (labId) => ledger.get(labId),
    issueToken: tokens.issue,
    whoIs: tokens.whoIs,
    sessionsOf,
    expire(labId) {
      tokens.withdraw(labId)
      const sessions = sessionsOf(labId)
      for (const session of sessions) session.end({ ...closeCodes.unauthorized, reconnect: true, retryMs: 0 })
      return sessions.length
    },
    stop: () => clearInterval(timer),
  }
}
