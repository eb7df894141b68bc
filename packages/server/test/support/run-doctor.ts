import { createServer } from 'node:http'

import { onTestFinished } from 'vitest'

import { doctor } from '../../src/doctor/doctor.ts'

import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Finding } from '@steadystream/core/checks'

export interface Diagnosis {
  readonly code: number
  readonly findings: readonly Finding[]
  /** Outcomes by check. */
  readonly outcomes: Readonly<Record<string, string>>
  /** The finding of one check. */
  of(check: string): Finding | undefined
}

/** Runs the doctor as the command does, with `--json`. */
export async function runDoctor(port: number, ...args: readonly string[]): Promise<Diagnosis> {
  let printed = ''
  const code = await doctor({
    args: [`http://127.0.0.1:${port}`, '--json', '--wait', '0.3', '--timeout', '0.4', ...args],
    color: false,
    print: (text) => void (printed += text),
    complain: (text) => void (printed += text),
  })
  const { findings } = JSON.parse(printed) as { findings: Finding[] }
  return {
    code,
    findings,
    outcomes: Object.fromEntries(findings.map(({ check, outcome }) => [check, outcome])),
    of: (check) => findings.find((finding) => finding.check === check),
  }
}

/** Any server, on a free loopback port, gone with the test. */
export async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  // On a TCP port the address is an object.
  return (server.address() as AddressInfo).port
}
