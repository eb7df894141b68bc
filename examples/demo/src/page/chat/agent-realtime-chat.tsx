import { useRealtimeAgentMessages } from '@steadystream/react/presets'
import { ModelChatView } from './model-chat-view.tsx'
import type { Agent } from '../../chat/agents.ts'

export interface AgentRealtimeChatProps {
  readonly agents: readonly Agent[]
  readonly enableSSE?: boolean
  readonly enableFallbackPolling?: boolean
  /** Milliseconds between two polls. */
  readonly fallbackPollInterval?: number
  readonly className?: string
}

/** What agents say, as it is written; where event streams are blocked, by polling. It says which of the two. */
export function AgentRealtimeChat({ agents, className = '', ...options }: AgentRealtimeChatProps) {
  const { messages, isRealtime, isLoading, state, error } = useRealtimeAgentMessages({
    ...options,
    agentIds: agents.map(({ id }) => id),
  })
  const mode = isRealtime ? 'realtime' : state === 'connected' ? 'polling' : state === 'error' ? 'error' : 'connecting'
  return (
    <section className={`agent-chat ${className}`} aria-label="Agents">
      <p className="indicator" data-mode={mode} role="status">
        {modes[mode]}
      </p>
      {error && state === 'error' && (
        <p className="hint" data-tone="bad">
          {error.message}
        </p>
      )}
      {isLoading && messages.length === 0 ? (
        <ol className="messages" aria-busy="true" />
      ) : (
        <ModelChatView agents={agents} messages={messages} />
      )}
    </section>
  )
}

const modes = {
  realtime: 'Real-time (SSE)',
  polling: 'Polling (fallback)',
  error: 'Error',
  connecting: 'Connecting',
} as const
