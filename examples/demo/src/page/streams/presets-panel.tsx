import { useEffect, useRef, useState } from 'react'
import { Fact } from '../ui/fact.tsx'
import { Meter } from '../ui/meter.tsx'
import { Panel } from '../ui/panel.tsx'
import { noRun, runPresets } from './preset-run.ts'
import type { PresetRun } from './preset-run.ts'

const words: Readonly<Record<PresetRun['status'], string>> = {
  idle: 'Not started.',
  planning: 'createAutopilotStream follows the plan.',
  writing: 'createGenerationStream follows the text.',
  done: 'Both are complete.',
  failed: 'It did not work.',
}

/** The writing flow's two streams without a hook. */
export function PresetsPanel() {
  const [run, setRun] = useState(noRun)
  const ending = useRef(new AbortController())
  useEffect(() => () => ending.current.abort(), [])
  function start(): void {
    ending.current.abort()
    ending.current = new AbortController()
    setRun(noRun)
    void runPresets(setRun, ending.current.signal)
  }
  const isBusy = run.status === 'planning' || run.status === 'writing'
  const { blocks } = run.text
  return (
    <Panel
      title="Ready-made streams, no React"
      aside={
        <button type="button" disabled={isBusy} onClick={start}>
          Plan and write
        </button>
      }
    >
      <p className="lead" role="status">
        {words[run.status]} {run.problem}
      </p>
      <Meter label="Progress of the plan" value={run.plan.progress} />
      <dl className="facts visit-facts">
        <Fact name="Step" id="preset-step">
          {run.plan.step ?? '–'}
        </Fact>
        <Fact name="Passages found" id="preset-hits">
          {run.plan.stats?.hits ?? '–'}
        </Fact>
        <Fact name="Blocks" id="preset-blocks">
          {blocks.length}
        </Fact>
        <Fact name="Characters" id="preset-characters">
          {blocks.reduce((sum, { text }) => sum + text.length, 0)}
        </Fact>
      </dl>
      <p className="preset-text" data-stream={run.streamId}>
        {plainEnd(blocks.at(-1)?.text ?? '')}
      </p>
    </Panel>
  )
}

/** The last of a text, without its marks. */
const plainEnd = (text: string) => text.replace(/^#+ | *\[\w*\]?/g, '').slice(-200)
