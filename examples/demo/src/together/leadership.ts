import { openJournal } from './journal.ts'
import { follow, isVacant, nobody } from './leading.ts'
import type { Backplane } from '@steadystream/server'
import type { LeadEntry } from './leading.ts'

/**
 * All processes answer requests and serve streams; one of them, the leader, does the work: renders, writes, lets visitors
 * come. When it dies another one leads within seconds, and goes on with what it finds in the journals.
 */
export interface Leadership {
  readonly leads: boolean
  /** Calls when this process begins to lead, and when it no longer does. */
  onChange(listener: (leads: boolean) => void): void
  /** Seeks the lead from now on. */
  start(): Promise<void>
  /** Leaves the lead to others; with `isSilent` they find out by themselves. */
  stop(isSilent: boolean): Promise<void>
}

const beatMs = 500

export async function openLeadership(backplane: Backplane, onFailure: (error: unknown) => void): Promise<Leadership> {
  const by = backplane.stats().serverId
  const listeners: ((leads: boolean) => void)[] = []
  let leading = nobody
  let leads = false
  let timer: ReturnType<typeof setInterval> | undefined

  const journal = await openJournal<LeadEntry>({
    backplane,
    name: 'lead',
    take({ entry, isNew }) {
      // Of what has just come the time of arrival is known for certain; clocks of other machines are not.
      leading = follow(leading, isNew ? { ...entry, at: Date.now() } : entry)
      look()
    },
    onFailure,
  })

  function look(): void {
    const now = timer !== undefined && leading.leader === by && !isVacant(leading, Date.now())
    if (now === leads) return
    leads = now
    for (const listener of listeners) listener(leads)
  }

  const say = (kind: LeadEntry['kind'], term: number) => journal.append({ kind, by, term, at: Date.now() })

  async function beat(): Promise<void> {
    look()
    if (leading.leader === by) await say('beat', leading.term)
    else if (isVacant(leading, Date.now())) await say('claim', leading.term + 1)
  }

  return {
    get leads() {
      return leads
    },
    onChange: (listener) => void listeners.push(listener),
    async start() {
      timer = setInterval(() => void beat().catch(onFailure), beatMs)
      await beat()
    },
    async stop(isSilent) {
      clearInterval(timer)
      timer = undefined
      const wasLeader = leads
      look()
      if (wasLeader && !isSilent) await say('resign', leading.term).catch(onFailure)
      journal.stop()
    },
  }
}
