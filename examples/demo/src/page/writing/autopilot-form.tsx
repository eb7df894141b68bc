import { useId, useState } from 'react'
import { verifyLevels } from '../../writing/verify.ts'
import { Choice } from '../ui/choice.tsx'
import { Panel } from '../ui/panel.tsx'
import { useAction } from '../ui/use-action.ts'
import { useAutopilot } from './autopilot-context.tsx'
import type { SubmitEvent } from 'react'
import type { VerifyLevel } from '../../writing/verify.ts'

const levelNames: Readonly<Record<VerifyLevel, string>> = { light: 'Light', standard: 'Standard', strict: 'Strict' }
const topics = ['What do dams do to fish and sediment?', 'Warm water and heat', 'Floods in cities']

/** What the autopilot is to look for. */
export function AutopilotForm() {
  const id = useId()
  const { autopilot, startAutopilot } = useAutopilot()
  const [topic, setTopic] = useState(topics[0] ?? '')
  const [verifyLevel, setLevel] = useState<VerifyLevel>('standard')
  const [allowPreprint, setPreprint] = useState(false)
  const [useStyle, setStyle] = useState(false)
  const [start, isBusy] = useAction(startAutopilot)
  const isUnderWay = autopilot.status === 'running' || autopilot.status === 'paused'

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    start({ topic, verifyLevel, allowPreprint, useStyle })
  }

  return (
    <Panel title="What is it about?" level={1} className="brief">
      <form onSubmit={submit}>
        <label htmlFor={id}>Topic</label>
        <textarea
          id={id}
          rows={2}
          maxLength={200}
          required
          value={topic}
          onChange={(event) => setTopic(event.target.value)}
        />
        <div className="row suggestions" role="group" aria-label="Suggestions">
          {topics.map((each) => (
            <button key={each} type="button" onClick={() => setTopic(each)}>
              {each}
            </button>
          ))}
        </div>
        <p className="label">How much support a statement needs</p>
        <Choice
          label="How much support a statement needs"
          options={verifyLevels.map((value) => ({ value, name: levelNames[value] }))}
          value={verifyLevel}
          onChange={setLevel}
        />
        <label className="check">
          <input type="checkbox" checked={allowPreprint} onChange={(event) => setPreprint(event.target.checked)} />
          Use texts that nobody has reviewed
        </label>
        <label className="check">
          <input type="checkbox" checked={useStyle} onChange={(event) => setStyle(event.target.checked)} />
          Write in the house style
        </label>
        <button type="submit" className="primary" disabled={isBusy || isUnderWay}>
          Start the autopilot
        </button>
        <p className="fine">It searches thirteen short texts on rivers that come with the demo.</p>
      </form>
    </Panel>
  )
}
