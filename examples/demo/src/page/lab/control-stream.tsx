import { useSSE } from '@steadystream/react'
import type { LiveMetricsEvent } from '@steadystream/core/presets'

/** A second stream, which nobody breaks: what is wrong with the first one is the link's trouble, and not the server's. */
export function ControlStream() {
  const { data, state } = useSSE<LiveMetricsEvent>('/api/stream/live-metrics/campaign/spring', {
    maxReconnectAttempts: Infinity,
    reconnectInterval: 1000,
  })
  const rate = data?.metrics['impressionsPerSecond']
  return (
    <p className="fine">
      A second stream, for comparison: <b>{state}</b>, <span data-fact="control">{rate?.toFixed(0) ?? '–'}</span>{' '}
      impressions a second.
    </p>
  )
}
