import { randomBytes } from 'node:crypto'
import { closeCodes } from '@steadystream/core/protocol'
import type { Realtime, SessionView } from '@steadystream/server'
import type { LabEvent } from './lab-event.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'

/** What is wrong with the way to a lab link. */
export interface Faults {
  /** A proxy answers event streams with a page of its own. */
  readonly sse: boolean
  /** A firewall refuses WebSockets. */
  readonly websocket: boolean
  /** Milliseconds by which the line delays everything. */
  readonly latencyMs: number
}

/** A link to break: a channel with numbered events, and everything that may go wrong on the way to it. */
export interface LabLink {
  readonly labId: string
  faults: Faults
  eventsPerSecond: number
}

/** Trouble on demand. Part of the demo, not of a real server. */
export interface LabDesk {
  /** Opens a link, or finds it again. */
  open(labId: string): LabLink
  find(labId: string): LabLink | undefined
  entry(labId: string): LedgerEntry | undefined
  issueToken(labId: string): { readonly token: string; readonly expiresInMs: number }
  /** Whose token this is, if it is still good. */
  whoIs(token: string): { readonly labId: string; readonly expiresAt: number } | undefined
  sessionsOf(labId: string): SessionView[]
  /** Withdraws all tokens, and tells the links that had one. */
  expire(labId: string): number
  stop(): void
}

export const labChannel = (labId: string) => ({ type: 'lab', id: labId })

const tokenMs = 10 * 60_000
const maxLinks = 200
/** Milliseconds after which a link that nobody follows stops counting. */
const idleMs = 60_000
const tickMs = 50

interface Ticking extends LabLink {
  due: number
  seenAt: number
}

export function createLabDesk(realtime: Realtime, ledger: Ledger, onFailure: (error: unknown) => void): LabDesk {
  const links = new Map<string, Ticking>()
  const tokens = new Map<string, { readonly labId: string; readonly expiresAt: number }>()
  const sessionsOf = (labId: string) => [...realtime.sessions].filter(({ channel }) => channel === `lab:${labId}`)

  function tick(): void {
    const now = Date.now()
    const followed = new Set(Array.from(realtime.sessions, ({ channel }) => channel))
    for (const link of links.values()) {
      if (followed.has(`lab:${link.labId}`)) link.seenAt = now
      if (now - link.seenAt > idleMs) continue
      link.due += (link.eventsPerSecond * tickMs) / 1000
      for (; link.due >= 1; link.due--) publishNext(link.labId)
    }
  }

  function publishNext(labId: string): void {
    const entry = ledger.get(labId)
    if (!entry) return
    const event: LabEvent = { type: 'lab', n: ++entry.last, timestamp: new Date().toISOString() }
    realtime.publish(labChannel(labId), event).catch(onFailure)
  }

  function forgetOldest(): void {
    const oldest = [...links.values()].sort((a, b) => a.seenAt - b.seenAt)[0]
    if (links.size <= maxLinks || !oldest) return
    links.delete(oldest.labId)
    ledger.delete(oldest.labId)
  }

  function open(labId: string): LabLink {
    const known = links.get(labId)
    if (known) return known
    const faults = { sse: false, websocket: false, latencyMs: 0 }
    const link: Ticking = { labId, faults, eventsPerSecond: 5, due: 0, seenAt: Date.now() }
    links.set(labId, link)
    const entry = ledger.get(labId) ?? { last: 0, lives: [] }
    entry.lives.push(entry.last + 1)
    ledger.set(labId, entry)
    forgetOldest()
    return link
  }

  // After a restart the links of before are there again, as the jobs of a real server would be.
  for (const labId of ledger.keys()) open(labId)

  const timer = setInterval(tick, tickMs)
  return {
    open,
    find: (labId) => links.get(labId),
    entry: (labId) => ledger.get(labId),
    issueToken(labId) {
      const now = Date.now()
      for (const [token, { expiresAt }] of tokens) if (expiresAt <= now) tokens.delete(token)
      const token = randomBytes(18).toString('base64url')
      tokens.set(token, { labId, expiresAt: now + tokenMs })
      return { token, expiresInMs: tokenMs }
    },
    whoIs(token) {
      const known = tokens.get(token)
      return known && known.expiresAt > Date.now() ? known : undefined
    },
    sessionsOf,
    expire(labId) {
      for (const [token, { labId: owner }] of tokens) if (owner === labId) tokens.delete(token)
      const sessions = sessionsOf(labId)
      for (const session of sessions) session.end({ ...closeCodes.unauthorized, reconnect: true, retryMs: 0 })
      return sessions.length
    },
    stop: () => clearInterval(timer),
  }
}
