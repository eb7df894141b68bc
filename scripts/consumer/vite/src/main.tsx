import { StreamProvider, useSSE, useWebSocket } from '@steadystream/react'
import { useLiveMetrics, useRealtimeAgentMessages, useRenderProgressStream } from '@steadystream/react/presets'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'

async function startJob(): Promise<string> {
  const response = await fetch('/api/generate-video', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ frames: 24 }),
  })
  return ((await response.json()) as { jobId: string }).jobId
}
const starting = startJob()

function App() {
  const [jobId, setJobId] = useState<string>()
  useEffect(() => {
    void starting.then(setJobId)
  }, [])
  const campaign = useSSE<{ type: string }>('/api/stream/campaign-metrics/spring')
  const { stage } = useRenderProgressStream(jobId)
  const { metrics } = useLiveMetrics('spring', 'campaign')
  const { messages, isRealtime } = useRealtimeAgentMessages()
  const [answer, setAnswer] = useState<string>()
  const { send, isConnected } = useWebSocket<{ type: string }>('/ws', {
    onMessage: ({ type }) => type === 'pong' && setAnswer(type),
  })
  useEffect(() => {
    if (isConnected) send({ type: 'ping' })
  }, [isConnected, send])
  const shown = [
    campaign.data?.type,
    stage,
    metrics && Object.keys(metrics)[0],
    isRealtime && messages.length > 0,
    answer,
  ]
  return <pre id="shown">{shown.join(' | ')}</pre>
}

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <StreamProvider retryDelay={500}>
      <App />
    </StreamProvider>
  </StrictMode>,
)
