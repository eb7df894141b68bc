'use client'

import { useRealtimeAgentMessages } from '@steadystream/react/presets'

/** What the agents say, as it is written; by polling where event streams are blocked. */
export function Chat() {
  const { messages, isRealtime, state } = useRealtimeAgentMessages({ fallbackPollInterval: 5000 })
  return (
    <main>
      <p role="status">{isRealtime ? 'Real-time (SSE)' : state === 'connected' ? 'Polling (fallback)' : state}</p>
      <button type="button" onClick={() => void fetch('/api/chat/generate', { method: 'POST' })}>
        Ask the agents
      </button>
      <ol>
        {messages.map(({ id, agentId, content }) => (
          <li key={id}>
            <b>{agentId}</b> {content}
          </li>
        ))}
      </ol>
    </main>
  )
}
