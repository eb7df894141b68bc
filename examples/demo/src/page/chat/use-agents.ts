import { get } from '../api.ts'
import { useAnswer } from '../ui/use-answer.ts'
import type { Agent } from '../../chat/agents.ts'
import type { Asked } from '../ui/use-answer.ts'

export interface ChatSetting {
  readonly agents: readonly Agent[]
  /** Milliseconds between two rounds on schedule. */
  readonly everyMs: number
  /** Whether event streams were blocked when the page was opened. */
  readonly isSseBlocked: boolean
}

const readSetting = () => get<ChatSetting>('/api/chat/agents')

/** Who speaks in the chat, once the server has said so. */
export const useAgents = (): Asked<ChatSetting> => useAnswer(readSetting)
