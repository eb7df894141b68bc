import { useABTestStream } from '@steadystream/react/presets'
import { Hint } from '../ui/hint.tsx'
import { Meter } from '../ui/meter.tsx'
import { Panel } from '../ui/panel.tsx'

/** Two variants, and how sure it is that they differ: by a test that may be looked at all the time. */
export function ABTestPanel({ testId }: { readonly testId: string }) {
  const { variants, winner } = useABTestStream(testId)
  const confidence = Math.max(0, ...variants.map((variant) => variant.confidence))
  const best = Math.max(0, ...variants.map(({ ctr }) => ctr))
  return (
    <Panel
      title="A/B test"
      className="ab-test"
      aside={
        <p className="verdict" role="status" data-tone={winner === undefined ? 'plain' : 'good'}>
          {winner === undefined ? 'too early to call' : `Variant ${winner} wins`}
        </p>
      }
    >
      {variants.length === 0 ? (
        <Hint>Results come every two seconds.</Hint>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Variant</th>
              <th scope="col">Seen</th>
              <th scope="col">Clicks</th>
              <th scope="col">Click rate</th>
              <th scope="col">Bought</th>
            </tr>
          </thead>
          <tbody>
            {variants.map(({ id, impressions, clicks, ctr, conversions }) => (
              <tr key={id} data-variant={id} data-best={ctr === best}>
                <th scope="row">{id}</th>
                <td data-value={impressions}>{impressions.toLocaleString('en-US')}</td>
                <td data-value={clicks}>{clicks.toLocaleString('en-US')}</td>
                <td>{(ctr * 100).toFixed(2)} %</td>
                <td>{conversions.toLocaleString('en-US')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="confidence">
        <p>
          Confidence <b data-fact="confidence">{(confidence * 100).toFixed(1)} %</b>
        </p>
        <Meter label="Confidence that the variants differ" value={confidence * 100} />
        <p className="fine">
          Always valid: from a sequential test, so that looking every two seconds does no harm. 95 % decide.
        </p>
      </div>
    </Panel>
  )
}
