import type { LabEvent } from './lab-event.ts'
import type { Ledger } from './ledger.ts'

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

interface Ticking extends LabLink {
  due: number
  seenAt: number
}

/** The links that there are, and the next number of each. */
export interface LabLinks {
  /** Opens a link, or finds it again; `undefined` where there is no room. */
  open(labId: string): LabLink | undefined
  find(labId: string): LabLink | undefined
  /** The events that are due after so many milliseconds more, of links that are followed or were a moment ago. */
  advance(ms: number, followed: ReadonlySet<string>): readonly { readonly labId: string; readonly event: LabEvent }[]
}

const maxLinks = 200
/** Milliseconds after which a link that nobody follows stops counting. */
const idleMs = 60_000
/** Milliseconds for which a link that nobody follows yet is not given up for another one. */
const freshMs = 5000
/** Lives of the server that are remembered. */
const keptLives = 100

export function createLabLinks(ledger: Ledger): LabLinks {
  const links = new Map<string, Ticking>()

  /** A link that somebody follows is not taken from him by others who come. */
  function hasRoom(): boolean {
    if (links.size < maxLinks) return true
    const oldest = [...links.values()].sort((a, b) => a.seenAt - b.seenAt)[0]
    if (!oldest || Date.now() - oldest.seenAt < freshMs) return false
    links.delete(oldest.labId)
    return ledger.delete(oldest.labId)
  }

  function open(labId: string): LabLink | undefined {
    const known = links.get(labId)
    if (known || !hasRoom()) return known
    const faults = { sse: false, websocket: false, latencyMs: 0 }
    const link: Ticking = { labId, faults, eventsPerSecond: 5, due: 0, seenAt: Date.now() }
    links.set(labId, link)
    const entry = ledger.get(labId) ?? { last: 0, lives: [] }
    entry.lives.push(entry.last + 1)
    if (entry.lives.length > keptLives) entry.lives.shift()
    ledger.set(labId, entry)
    return link
  }

  // After a restart the links of before are there again, as the jobs of a real server would be.
  for (const labId of ledger.keys()) open(labId)

  return {
    open,
    find: (labId) => links.get(labId),
    advance(ms, followed) {
      const now = Date.now()
      const events: { labId: string; event: LabEvent }[] = []
      for (const link of links.values()) {
        const { labId, eventsPerSecond } = link
        const entry = ledger.get(labId)
        if (followed.has(labId)) link.seenAt = now
        if (!entry || now - link.seenAt > idleMs) continue
        link.due += (eventsPerSecond * ms) / 1000
        for (; link.due >= 1; link.due--) {
          events.push({ labId, event: { type: 'lab', n: ++entry.last, timestamp: new Date(now).toISOString() } })
        }
      }
      return events
    },
  }
}
