import { describe, expect, it } from 'vitest'

import { createStreamManager } from '../manager.ts'
import { runStreamingTests } from './run-streaming-tests.ts'
import { runSelfChecks } from './self-check.ts'
import { createReport } from './streaming-report.ts'
import { testAutopilotStreaming } from './test-autopilot-streaming.ts'
import { testStreamManager } from './test-stream-manager.ts'

const broken = {
  check: 'broken',
  holds: 'never',
  play: () => Promise.reject(new Error('in pieces')),
  expected: 1,
}
const wrong = { check: 'wrong', holds: 'never', play: () => Promise.resolve({ n: 1 }), expected: { n: 2 } }
const right = { check: 'right', holds: 'always', play: () => Promise.resolve([1]), expected: [1] }

describe('runStreamingTests without an argument', () => {
  it('finds the library well', async () => {
    const report = await runStreamingTests()
    expect(report.failures).toEqual([])
    expect([report.ok, report.findings.map(({ check }) => check)]).toEqual([
      true,
      [
        ...['resume', 'duplicates', 'retry-after', 'silence', 'timeout', 'malformed', 'retry limit', 'close'],
        ...['list', 'pool', 'cleanup', 'cleanup all'],
        ...['autopilot', 'autopilot cut', 'autopilot fails'],
      ],
    ])
  })

  it('has parts, which say the same', async () => {
    const whole = await runStreamingTests()
    const parts = [...(await testStreamManager()).findings, ...(await testAutopilotStreaming()).findings]
    expect(whole.findings.slice(-parts.length)).toEqual(parts)
  })

  it('touches no stream of the application', async () => {
    const manager = createStreamManager()
    await runStreamingTests()
    expect(manager.getActiveConnections()).toEqual([])
  })
})

describe('a check', () => {
  it('that fails or throws is a finding, and the others go on', async () => {
    const findings = await runSelfChecks([broken, wrong, right])
    expect(findings.map(({ check, outcome, detail }) => [check, outcome, detail])).toEqual([
      ['broken', 'fail', 'in pieces'],
      ['wrong', 'fail', 'expected {"n":2}, got {"n":1}'],
      ['right', 'pass', 'always'],
    ])
  })
})

describe('a report', () => {
  it('keeps every failure, and reads as lines with cures and totals', async () => {
    const report = createReport(await runSelfChecks([wrong, right]))
    expect([report.ok, report.failures.map(({ check }) => check)]).toEqual([false, ['wrong']])
    expect(report.toString().split('\n')).toEqual([
      '✗ wrong       expected {"n":2}, got {"n":1}',
      expect.stringMatching(/^ {14}→ a defect/),
      '✓ right       always',
      '',
      '1 passed, 0 warnings, 1 failed, 0 skipped',
      '',
    ])
  })
})
