import { useLayoutEffect, useRef } from 'react'
import { Hint } from '../ui/hint.tsx'
import type { AgentMessage } from '@steadystream/core/presets'
import type { Agent } from '../../chat/agents.ts'

export interface ModelChatViewProps {
  readonly agents: readonly Agent[]
  readonly messages: readonly AgentMessage[]
}

/** Messages of agents, the latest at the bottom. */
export function ModelChatView({ agents, messages }: ModelChatViewProps) {
  const list = useRef<HTMLOListElement>(null)
  const latest = messages.at(-1)?.id
  useLayoutEffect(() => {
    if (latest !== undefined && list.current) list.current.scrollTop = list.current.scrollHeight
  }, [latest])
  const known = new Map(agents.map((agent) => [agent.id, agent]))
  return (
    <ol ref={list} className="messages" tabIndex={0} aria-label="Messages" aria-live="polite">
      {messages.length === 0 && (
        <li className="no-messages">
          <Hint>Nobody has spoken in the last ten minutes. Ask the agents.</Hint>
        </li>
      )}
      {messages.map(({ id, agentId, content, timestamp }) => {
        const agent = known.get(agentId)
        return (
          <li key={id} data-message={id} data-agent={agentId} data-color={agent?.color}>
            <p className="message-head">
              <b>{agent?.name ?? agentId}</b>
              <time dateTime={timestamp}>{new Date(timestamp).toLocaleTimeString('en-GB')}</time>
            </p>
            <p>{content}</p>
          </li>
        )
      })}
    </ol>
  )
}
