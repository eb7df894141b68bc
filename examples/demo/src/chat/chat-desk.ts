import { createAgentMessage } from '@steadystream/core/presets'
import { openJournal } from '../together/journal.ts'
import { commentOn } from './agents.ts'
import { createMessageBoard } from './message-board.ts'
import type { AgentMessage } from '@steadystream/core/presets'
import type { Backplane, Realtime } from '@steadystream/server'
import type { Leadership } from '../together/leadership.ts'
import type { Facts } from './agents.ts'

/** The agents' chat: one channel for all, and the messages of the last ten minutes. */
export interface ChatDesk {
  /** Has each agent say something on the state of things. */
  generate(): Promise<readonly AgentMessage[]>
  messages(): readonly AgentMessage[]
  /** Milliseconds between two rounds on schedule. */
  readonly everyMs: number
  stop(): void
}

export const chatChannel = { type: 'agent_chat', id: 'all' } as const

export interface ChatDeskOptions {
  readonly realtime: Realtime
  readonly backplane: Backplane
  readonly leadership: Leadership
  readonly everyMs: number
  facts(): Facts
  onFailure(error: unknown): void
}

/** Of several processes the one that is asked has the agents speak; on schedule it is the leader. */
export async function openChatDesk(options: ChatDeskOptions): Promise<ChatDesk> {
  const { realtime, backplane, leadership, everyMs, facts, onFailure } = options
  const board = createMessageBoard()
  const journal = await openJournal<AgentMessage>({
    backplane,
    name: 'chat',
    take: ({ entry }) => board.add(entry),
    onFailure,
  })

  /** Sends first and keeps afterwards: whoever polls must not hear of a message before those who listen. */
  async function broadcastAgentMessage(message: AgentMessage): Promise<void> {
    await realtime.publish(chatChannel, message)
    await journal.append(message)
  }

  async function generate(): Promise<readonly AgentMessage[]> {
    const messages = commentOn(facts()).map(({ agentId, content }) => createAgentMessage(agentId, content))
    for (const message of messages) await broadcastAgentMessage(message)
    return messages
  }

  const timer = setInterval(() => void (leadership.leads && generate().catch(onFailure)), everyMs)
  return {
    generate,
    messages: () => board.list(Date.now()),
    everyMs,
    stop() {
      clearInterval(timer)
      journal.stop()
    },
  }
}
