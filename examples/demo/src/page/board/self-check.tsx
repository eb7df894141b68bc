import { useState } from 'react'
import { baseUrl, post } from '../api.ts'
import { Hint } from '../ui/hint.tsx'
import { Panel } from '../ui/panel.tsx'
import { useAction } from '../ui/use-action.ts'
import type * as Tests from '@steadystream/core/testing'
import type { Finding, StreamingReport } from '@steadystream/core/testing'

type Testing = typeof Tests

const checks: readonly { readonly name: string; readonly run: (testing: Testing) => Promise<StreamingReport> }[] = [
  { name: 'Check the library', run: ({ runStreamingTests }) => runStreamingTests() },
  { name: 'Its manager', run: ({ testStreamManager }) => testStreamManager() },
  { name: 'Its autopilot', run: ({ testAutopilotStreaming }) => testAutopilotStreaming() },
  {
    name: 'Check this server',
    run: ({ runStreamingTests }) =>
      runStreamingTests({
        url: new URL(`${baseUrl}/api/chat/stream`, window.location.href),
        // The agents speak, and what they say has to arrive.
        trigger: () => post('/api/chat/generate'),
      }),
  },
]

const signs = { pass: '✓', warn: '!', fail: '✗', skip: '–' } as const
const words = { pass: 'passed', warn: 'warning', fail: 'failed', skip: 'skipped' } as const

/** The library's own tests, run in this page: of the library itself, and of the server from outside. */
export function SelfCheck() {
  const [report, setReport] = useState<{ readonly name: string; readonly findings: readonly Finding[] }>()
  const [run, isBusy] = useAction(async (check: (typeof checks)[number]) => {
    setReport(undefined)
    // Loaded by who wants it: a page has no use for it else.
    const { findings } = await check.run(await import('@steadystream/core/testing'))
    setReport({ name: check.name, findings })
  })
  const passed = report?.findings.filter(({ outcome }) => outcome === 'pass').length ?? 0
  const failed = report?.findings.filter(({ outcome }) => outcome === 'fail').length ?? 0
  return (
    <Panel title="Self-check" className="self-check">
      <div className="row">
        {checks.map((each) => (
          <button key={each.name} type="button" disabled={isBusy} onClick={() => run(each)}>
            {each.name}
          </button>
        ))}
      </div>
      <p className="lead" role="status">
        {isBusy && 'Checking. A server is checked for as long as its heartbeat takes…'}
        {report && `${report.name}: ${passed} passed, ${failed} failed, of ${report.findings.length}.`}
        {!isBusy && !report && 'Nothing has been checked yet.'}
      </p>
      <ul className="findings" tabIndex={0} aria-label="Findings">
        {report?.findings.map(({ check, outcome, detail, cure }, index) => (
          <li key={`${check}${index}`} data-outcome={outcome}>
            <b>
              <span aria-hidden="true">{signs[outcome]}</span> <span className="hidden">{words[outcome]}: </span>
              {check}
            </b>{' '}
            {withCode(detail)}
            {cure !== undefined && <Hint>{cure}</Hint>}
          </li>
        ))}
        {!report && <li className="quiet">{isBusy ? 'Each check gets a line here.' : 'Choose one of the four.'}</li>}
      </ul>
    </Panel>
  )
}

/** What stands between backticks, as code. */
function withCode(text: string) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))
}
