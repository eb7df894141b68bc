import { useLiveMetrics } from '@steadystream/react/presets'
import { Panel } from '../ui/panel.tsx'
import { Spark } from '../ui/spark.tsx'

const rows = [
  { key: 'impressionsPerSecond', name: 'Impressions a second', digits: 0 },
  { key: 'clicksPerSecond', name: 'Clicks a second', digits: 1 },
  { key: 'spendPerMinute', name: 'Euros a minute', digits: 2 },
] as const

/** What goes on in this moment: visitors come four times a second, and two events a second tell of them. */
export function LiveMetricsExample({ campaignId }: { readonly campaignId: string }) {
  const { metrics } = useLiveMetrics(campaignId, 'campaign')
  return (
    <Panel title="Right now" className="live">
      <ul>
        {rows.map(({ key, name, digits }) => (
          <li key={key}>
            <span>{name}</span>
            <Spark value={metrics?.[key]} tick={metrics} />
            <b data-fact={key}>{metrics?.[key]?.toFixed(digits) ?? '–'}</b>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
