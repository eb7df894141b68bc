import { useId, useState } from 'react'
import { useCouncilScoreStream } from '@steadystream/react/presets'
import { Hint } from '../ui/hint.tsx'
import { Meter } from '../ui/meter.tsx'
import { Panel } from '../ui/panel.tsx'
import { isOn } from '../ui/state-pill.tsx'

const seats = [
  { model: 'gemini', role: 'Clarity' },
  { model: 'claude', role: 'Psychology' },
  { model: 'gpt4', role: 'Hook' },
  { model: 'perplexity', role: 'Novelty' },
] as const

export interface CouncilProps {
  readonly transcript: string
  readonly onChange: (transcript: string) => void
}

/** A council of four reads a script: their thoughts as they come, their scores, and what they come to. */
export function CouncilScoreStreamExample({ transcript, onChange }: CouncilProps) {
  const id = useId()
  /** What is judged is the text as it was when the button was pressed. */
  const [asked, setAsked] = useState({ run: 0, transcript })
  const { stages, finalScore, state, error, stopStreaming } = useCouncilScoreStream(
    asked.run === 0 ? null : '/videos/pilot.mp4',
    asked.transcript,
    { features: 'duration=20', autoStart: true, key: `council ${asked.run}` },
  )
  const hasBegun = Object.keys(stages).length > 0
  const isRunning = isOn(state) && !finalScore
  return (
    <Panel title="Council" level={1} className="council" aside={<FinalScore value={finalScore?.composite} />}>
      <label htmlFor={id}>Script</label>
      <textarea
        id={id}
        rows={5}
        maxLength={4000}
        value={transcript}
        onChange={(event) => onChange(event.target.value)}
      />
      <div className="row">
        <button
          type="button"
          className="primary"
          disabled={transcript.trim() === '' || isRunning}
          onClick={() => setAsked({ run: asked.run + 1, transcript })}
        >
          Score the script
        </button>
        <button type="button" disabled={!isRunning} onClick={() => stopStreaming()}>
          Stop
        </button>
      </div>
      {error && <Hint tone="bad">The council cannot be heard: {error.message}</Hint>}
      <ul className="seats">
        {seats.map(({ model, role }) => {
          const seat = stages[model]
          return (
            <li key={model} data-seat={model} data-done={seat?.score !== undefined}>
              <div className="seat-head">
                <h3>
                  {role} <small>{model}</small>
                </h3>
                <output>{seat?.score?.toFixed(1) ?? '–'}</output>
              </div>
              <Meter label={`${role} score`} value={seat?.score} />
              <p className="reasoning">{seat?.reasoning ?? ' '}</p>
              <p className="thinking">{seat?.thinking ?? (hasBegun ? 'Listening…' : 'Has not read it yet.')}</p>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}

function FinalScore({ value }: { readonly value: number | undefined }) {
  return (
    <p className="final-score" role="status">
      <span>Composite</span> <b>{value === undefined ? '–' : value.toFixed(1)}</b>
    </p>
  )
}
