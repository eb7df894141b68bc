import { hasFailed } from '@steadystream/core/checks'

import { readArguments, usage } from './arguments.ts'
import { examine } from './examine.ts'
import { formatJson, formatReport } from './report.ts'

/** What a command line program has of its surroundings. */
export interface Console {
  readonly args: readonly string[]
  /** Whether colours may be used. */
  readonly color: boolean
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
}

/** The command `steadystream-doctor`; resolves to its exit code. */
export async function doctor({ args, color, print, complain }: Console): Promise<number> {
  let invocation: ReturnType<typeof readArguments>
  try {
    invocation = readArguments(args)
  } catch (error) {
    complain(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return 2
  }
  if (!invocation) {
    print(usage)
    return 0
  }
  const findings = await examine(invocation.target)
  print(invocation.json ? formatJson(findings) : formatReport(findings, color && invocation.color))
  return hasFailed(findings) ? 1 : 0
}
