import { useId, useState } from 'react'
import { Choice } from '../ui/choice.tsx'
import { Panel } from '../ui/panel.tsx'
import { useAction } from '../ui/use-action.ts'
import { changeCampaign } from './campaign-api.ts'
import type { SubmitEvent } from 'react'
import type { CampaignView } from './campaign-api.ts'

const moods = [
  { value: 'usual', name: 'Usual' },
  { value: 'surge', name: 'Surge' },
  { value: 'bored', name: 'Bored' },
  { value: 'nobody', name: 'Nobody' },
] as const

export interface TrafficProps {
  readonly campaign: CampaignView
  readonly onChanged: (campaign: CampaignView) => void
}

/** What the visitors are like, and where the bounds of the alerts lie. */
export function TrafficPanel({ campaign, onChanged }: TrafficProps) {
  const { id, mood, thresholds } = campaign
  const [change] = useAction(async (wanted: Parameters<typeof changeCampaign>[1]) =>
    onChanged(await changeCampaign(id, wanted)),
  )
  return (
    <Panel
      title="Visitors and bounds"
      className="traffic"
      aside={
        <button type="button" onClick={() => change({ reset: true })}>
          Begin the campaign anew
        </button>
      }
    >
      <Choice label="Visitors" options={moods} value={mood} onChange={(next) => change({ mood: next })} />
      <BoundForm key={id} thresholds={thresholds} onSubmit={(next) => change({ thresholds: next })} />
    </Panel>
  )
}

interface BoundFormProps {
  readonly thresholds: CampaignView['thresholds']
  readonly onSubmit: (thresholds: CampaignView['thresholds']) => void
}

function BoundForm({ thresholds, onSubmit }: BoundFormProps) {
  const id = useId()
  const [minCtr, setMinCtr] = useState(String(thresholds.minCtr * 100))
  const [budget, setBudget] = useState(String(thresholds.budget))
  const [most, setMost] = useState(String(thresholds.maxImpressionsPerSecond))
  function submit(event: SubmitEvent): void {
    event.preventDefault()
    onSubmit({ minCtr: Number(minCtr) / 100, budget: Number(budget), maxImpressionsPerSecond: Number(most) })
  }
  const fields = [
    { name: 'Lowest click rate, %', value: minCtr, set: setMinCtr },
    { name: 'Budget, €', value: budget, set: setBudget },
    { name: 'Most impressions a second', value: most, set: setMost },
  ]
  return (
    <form className="bounds" onSubmit={submit}>
      {fields.map(({ name, value, set }, index) => (
        <div key={name}>
          <label htmlFor={id + index}>{name}</label>
          <input
            id={id + index}
            type="number"
            min="0.01"
            step="any"
            required
            value={value}
            onChange={(event) => set(event.target.value)}
          />
        </div>
      ))}
      <button type="submit">Set the bounds</button>
    </form>
  )
}
