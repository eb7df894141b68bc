import { formatFindings, hasFailed } from '../checks/report.ts'

import type { Finding } from '../checks/finding.ts'

/** What came of a run: for programs, and, as a string, for people. */
export interface StreamingReport {
  /** Whether nothing failed. */
  readonly ok: boolean
  /** Every check, in order. */
  readonly findings: readonly Finding[]
  /** Those that failed. */
  readonly failures: readonly Finding[]
  /** A line for each check, with the cure of what failed below it, and the totals. */
  toString(): string
}

export function createReport(findings: readonly Finding[]): StreamingReport {
  return {
    ok: !hasFailed(findings),
    findings,
    failures: findings.filter(({ outcome }) => outcome === 'fail'),
    toString: () => formatFindings(findings, false),
  }
}
