import { isoTime, randomId } from '../env.ts'
import { defineStream } from './define-stream.ts'
import { areStrings, fieldsOf } from './untrusted.ts'

export interface AgentMessage {
  readonly id: string
  readonly agentId: string
  readonly content: string
  /** ISO 8601, in UTC. */
  readonly timestamp: string
}

export interface AgentMessagesState {
  /** By time, the oldest first; at most {@link maxMessagesPerAgent} of each agent, and 1,000 in all. */
  readonly messages: readonly AgentMessage[]
}

export const maxMessagesPerAgent = 20
const maxMessages = 1000

/**
 * What the agents of a chat say: each message once by its `id`, put where its time says, so that a stream and polling may
 * overlap. Of more than 20 messages of an agent, or 1,000 in all, the oldest are dropped.
 */
export const agentMessages = /* @__PURE__ */ defineStream<undefined, AgentMessage, AgentMessagesState>({
  name: 'agent_messages',
  path: () => '/api/chat/stream',
  initial: { messages: [] },
  reduce(state, event) {
    const { messages } = state
    const { id, agentId, content, timestamp } = fieldsOf(event)
    if (!areStrings(id, agentId, content, timestamp) || messages.some((each) => each.id === id)) return state
    let at = messages.length
    while (isBefore(timestamp, messages[at - 1])) at--
    const next = [...messages.slice(0, at), event, ...messages.slice(at)]
    const own = next.filter((each) => each.agentId === agentId)
    const dropped = own.length > maxMessagesPerAgent ? own[0] : next.length > maxMessages ? next[0] : undefined
    return dropped === event ? state : { messages: dropped ? next.filter((each) => each !== dropped) : next }
  },
})

// In one zone ISO 8601 sorts as text.
const isBefore = (timestamp: string, other: AgentMessage | undefined) => !!other && timestamp < other.timestamp

export interface AgentMessageOptions {
  /** Default: random. */
  readonly id?: string | undefined
  /** ISO 8601, in UTC. Default: now. */
  readonly timestamp?: string | undefined
}

export const createAgentMessage = (
  agentId: string,
  content: string,
  { id = randomId('msg'), timestamp = isoTime() }: AgentMessageOptions = {},
): AgentMessage => ({ id, agentId, content, timestamp })
