export type Outcome = 'pass' | 'warn' | 'fail' | 'skip'

/** What one check found. */
export interface Finding {
  /** A word or two, the same in every run. */
  readonly check: string
  readonly outcome: Outcome
  readonly detail: string
  /** What to do about it; of each failure and each warning. */
  readonly cure?: string
}

export function pass(check: string, detail: string): Finding {
  return { check, outcome: 'pass', detail }
}

export function warn(check: string, detail: string, cure: string): Finding {
  return { check, outcome: 'warn', detail, cure }
}

export function fail(check: string, detail: string, cure: string): Finding {
  return { check, outcome: 'fail', detail, cure }
}

export function skip(check: string, detail: string): Finding {
  return { check, outcome: 'skip', detail }
}
