/** What processes write to the journal of who leads. */
export interface LeadEntry {
  /** `beat`: the leader is alive. `claim`: somebody wants to lead the next term. `resign`: the leader goes. */
  readonly kind: 'beat' | 'claim' | 'resign'
  readonly by: string
  readonly term: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Who leads, as the journal has it. */
export interface Leading {
  /** Counts the leaders. */
  readonly term: number
  readonly leader: string | undefined
  /** When the leader was heard last, in milliseconds since 1970. */
  readonly heardAt: number
}

export const nobody: Leading = { term: 0, leader: undefined, heardAt: 0 }

/** Milliseconds without a word from the leader after which another process may lead. */
export const silenceMs = 2000

/** Of several claims for a term the first one counts: all processes read them in one order, so all know whose it was. */
export function follow(leading: Leading, { kind, by, term, at }: LeadEntry): Leading {
  if (kind === 'claim' && term > leading.term) return { term, leader: by, heardAt: at }
  if (kind === 'beat' && (term > leading.term || (term === leading.term && by === leading.leader))) {
    return { term, leader: by, heardAt: at }
  }
  return kind === 'resign' && by === leading.leader ? { ...leading, leader: undefined } : leading
}

/** Whether the leader has gone, or has been silent for too long: then nobody may act as the leader, himself included. */
export function isVacant({ leader, heardAt }: Leading, now: number): boolean {
  return leader === undefined || now - heardAt >= silenceMs
}
