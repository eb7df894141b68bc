import { StreamProvider, useSSE, useWebSocket } from '@steadystream/react'
import { useGenerationStream, useRealtimeAlerts, useRenderProgressStream } from '@steadystream/react/presets'
import { StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'

function App() {
  const ticks = useSSE<{ tick: string }>('/events/ticks')
  const { stage } = useRenderProgressStream('a')
  const { alerts } = useRealtimeAlerts('ann')
  const { blocks } = useGenerationStream('a')
  const { lastMessage, send, isConnected } = useWebSocket<{ type: string }>('/ws')
  useEffect(() => {
    if (isConnected) send({ type: 'ping' })
  }, [isConnected, send])
  return (
    <pre id="shown">
      {[ticks.data?.tick, stage, alerts[0]?.title, blocks.map(({ text }) => text).join(), lastMessage?.type].join(
        ' | ',
      )}
    </pre>
  )
}

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <StreamProvider retryDelay={500}>
      <App />
    </StreamProvider>
  </StrictMode>,
)
