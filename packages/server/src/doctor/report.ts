import { createRedactor } from '../observe/redact.ts'

import type { Finding, Outcome } from './finding.ts'

const marks: Record<Outcome, string> = { pass: '✓', warn: '!', fail: '✗', skip: '-' }
const colors: Record<Outcome, number> = { pass: 32, warn: 33, fail: 31, skip: 90 }
const checkWidth = 12

/** What goes to people: a line for each finding, its cure below, and the totals. */
export function formatReport(findings: readonly Finding[], color: boolean): string {
  const paint = (text: string, code: number) => (color ? `\u001B[${code}m${text}\u001B[0m` : text)
  const lines = redacted(findings).flatMap(({ check, outcome, detail, cure }) => {
    const line = `${paint(marks[outcome], colors[outcome])} ${check.padEnd(checkWidth)}${detail}`
    return cure === undefined ? [line] : [line, `${' '.repeat(checkWidth + 2)}${paint(`→ ${cure}`, 36)}`]
  })
  return `${[...lines, '', totals(findings)].join('\n')}\n`
}

/** What goes to programs. */
export function formatJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ok: !hasFailed(findings), findings: redacted(findings) }, null, 2)}\n`
}

export function hasFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ outcome }) => outcome === 'fail')
}

/** Details quote what servers answer and users pass: neither tokens nor control characters are to reach a terminal. */
function redacted(findings: readonly Finding[]): readonly Finding[] {
  // The same list, of the same shape.
  return createRedactor().value(findings) as readonly Finding[]
}

function totals(findings: readonly Finding[]): string {
  const count = (outcome: Outcome) => findings.filter((finding) => finding.outcome === outcome).length
  const warnings = count('warn')
  return `${count('pass')} passed, ${warnings} warning${warnings === 1 ? '' : 's'}, ${count('fail')} failed, ${count('skip')} skipped`
}
