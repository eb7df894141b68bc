import { useCampaignMetricsStream } from '@steadystream/react/presets'
import { Panel } from '../ui/panel.tsx'
import { StatePill, isOn } from '../ui/state-pill.tsx'
import { Figure } from './figure.tsx'

const whole = (value: number) => value.toLocaleString('en-US')
const percent = (value: number) => `${(value * 100).toFixed(2)} %`
const euros = (value: number) => `${value.toFixed(2)} €`
const times = (value: number) => `${value.toFixed(2)} ×`

const figures = [
  { key: 'impressions', name: 'Impressions', format: whole },
  { key: 'clicks', name: 'Clicks', format: whole },
  { key: 'ctr', name: 'Click rate', format: percent },
  { key: 'conversions', name: 'Conversions', format: whole },
  { key: 'spend', name: 'Spend', format: euros },
  { key: 'roas', name: 'Return on spend', format: times },
] as const

/** The totals of a campaign, and what two seconds have changed. */
export function CampaignMetricsPanel({ campaignId, name }: { readonly campaignId: string; readonly name: string }) {
  const { metrics, change, state, startStreaming, stopStreaming } = useCampaignMetricsStream(campaignId, {
    autoStart: true,
  })
  return (
    <Panel
      title={name}
      level={1}
      className="metrics"
      aside={
        <div className="row">
          <StatePill state={state} />
          <button type="button" onClick={isOn(state) ? stopStreaming : startStreaming}>
            {isOn(state) ? 'Stop' : 'Go on'}
          </button>
        </div>
      }
    >
      <dl className="figure-grid">
        {figures.map(({ key, name: label, format }) => (
          <Figure key={key} id={key} name={label} value={metrics?.[key]} change={change?.[key]} format={format} />
        ))}
      </dl>
    </Panel>
  )
}
