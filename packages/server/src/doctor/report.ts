import { formatFindings, hasFailed } from '@steadystream/core/checks'

import { createRedactor } from '../observe/redact.ts'

import type { Finding } from '@steadystream/core/checks'

/** What goes to people: a line for each finding, its cure below, and the totals. */
export function formatReport(findings: readonly Finding[], color: boolean): string {
  return formatFindings(redacted(findings), color)
}

/** What goes to programs. */
export function formatJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ok: !hasFailed(findings), findings: redacted(findings) }, null, 2)}\n`
}

/** Details quote what servers answer and users pass: neither tokens nor control characters are to reach a terminal. */
function redacted(findings: readonly Finding[]): readonly Finding[] {
  // The same list, of the same shape.
  return createRedactor().value(findings) as readonly Finding[]
}
