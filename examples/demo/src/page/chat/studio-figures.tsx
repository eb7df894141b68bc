import { useABTestStream, useCampaignMetricsStream } from '@steadystream/react/presets'
import { Figure } from '../studio/figure.tsx'

/** The studio in a few figures: what the agents speak of. */
export function StudioFigures() {
  const { metrics, change } = useCampaignMetricsStream('spring', { autoStart: true })
  const { variants, winner } = useABTestStream('spring-variants')
  const confidence = variants.length === 0 ? undefined : Math.max(...variants.map((variant) => variant.confidence))
  return (
    <dl className="figure-grid">
      <Figure
        id="impressions"
        name="Impressions"
        value={metrics?.impressions}
        change={change?.impressions}
        format={whole}
      />
      <Figure id="ctr" name="Click rate" value={metrics?.ctr} change={change?.ctr} format={percent} />
      <Figure id="spend" name="Spend" value={metrics?.spend} change={change?.spend} format={euros} />
      <Figure
        id="confidence"
        name={winner === undefined ? 'Confidence' : `Variant ${winner} wins`}
        value={confidence}
        format={percent}
      />
    </dl>
  )
}

const whole = (value: number) => value.toLocaleString('en-US')
const percent = (value: number) => `${(value * 100).toFixed(2)} %`
const euros = (value: number) => `${value.toFixed(2)} €`
