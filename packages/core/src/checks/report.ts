import type { Finding, Outcome } from './finding.ts'

const marks: Record<Outcome, string> = { pass: '✓', warn: '!', fail: '✗', skip: '-' }
const colors: Record<Outcome, number> = { pass: 32, warn: 33, fail: 31, skip: 90 }
const narrowest = 12

/** What goes to people: a line for each finding, its cure below, and the totals. */
export function formatFindings(findings: readonly Finding[], color: boolean): string {
  const paint = (text: string, code: number) => (color ? `\u001B[${code}m${text}\u001B[0m` : text)
  const width = Math.max(narrowest, ...findings.map(({ check }) => check.length + 1))
  const lines = findings.flatMap(({ check, outcome, detail, cure }) => {
    const line = `${paint(marks[outcome], colors[outcome])} ${check.padEnd(width)}${detail}`
    return cure === undefined ? [line] : [line, `${' '.repeat(width + 2)}${paint(`→ ${cure}`, 36)}`]
  })
  return `${[...lines, '', totals(findings)].join('\n')}\n`
}

export function hasFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ outcome }) => outcome === 'fail')
}

function totals(findings: readonly Finding[]): string {
  const count = (outcome: Outcome) => findings.filter((finding) => finding.outcome === outcome).length
  const warnings = count('warn')
  return `${count('pass')} passed, ${warnings} warning${warnings === 1 ? '' : 's'}, ${count('fail')} failed, ${count('skip')} skipped`
}
