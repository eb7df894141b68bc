import { useState } from 'react'
import { useCreativeEvaluationStream } from '@steadystream/react/presets'
import { Choice } from '../ui/choice.tsx'
import { Hint } from '../ui/hint.tsx'
import { Panel } from '../ui/panel.tsx'
import { isOn } from '../ui/state-pill.tsx'

const types = [
  { value: 'script', name: 'Script' },
  { value: 'headline', name: 'Headline' },
  { value: 'caption', name: 'Caption' },
] as const

const stageNames = ['form', 'opening', 'appeal', 'originality', 'call to action']

/** The same text, evaluated as what it is meant to be. */
export function CreativeEvaluationPanel({ content }: { readonly content: string }) {
  const [type, setType] = useState<(typeof types)[number]['value']>('script')
  const [asked, setAsked] = useState({ run: 0, content, type })
  const { stages, finalResult, state, error } = useCreativeEvaluationStream(
    asked.run === 0 ? null : asked.content,
    asked.type,
    { autoStart: true, key: `creative ${asked.run}` },
  )
  const isRunning = isOn(state) && !finalResult
  return (
    <Panel
      title="Creative evaluation"
      className="creative"
      aside={
        <p className="final-score" role="status">
          <span>Score</span> <b>{finalResult ? finalResult.score.toFixed(1) : '–'}</b>
        </p>
      }
    >
      <div className="row">
        <Choice label="Kind of text" options={types} value={type} onChange={setType} />
        <button
          type="button"
          disabled={content.trim() === '' || isRunning}
          onClick={() => setAsked({ run: asked.run + 1, content, type })}
        >
          Evaluate
        </button>
      </div>
      {error && <Hint tone="bad">It cannot be evaluated: {error.message}</Hint>}
      <ol className="evaluation">
        {stageNames.map((name) => {
          const stage = stages[name]
          return (
            <li key={name} data-stage={name} data-done={stage?.scores !== undefined}>
              <h3>{name}</h3>
              <p>{stage?.text ?? ' '}</p>
              <p className="scores">
                {Object.entries(stage?.scores ?? {}).map(([score, value]) => (
                  <span key={score}>
                    {score} <b>{value}</b>
                  </span>
                ))}
              </p>
            </li>
          )
        })}
      </ol>
      <p className="summary">{finalResult?.summary ?? 'What to work on stands here in the end.'}</p>
    </Panel>
  )
}
