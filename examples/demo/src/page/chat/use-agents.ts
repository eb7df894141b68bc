import { useEffect, useState } from 'react'
import { get } from '../api.ts'
import { sayFailure } from '../shell/notice.ts'
import type { Agent } from '../../chat/agents.ts'

export interface ChatSetting {
  readonly agents: readonly Agent[]
  /** Milliseconds between two rounds on schedule. */
  readonly everyMs: number
}

/** Who speaks in the chat; `undefined` until the server has said so. */
export function useAgents(): ChatSetting | undefined {
  const [setting, setSetting] = useState<ChatSetting>()
  useEffect(() => {
    get<ChatSetting>('/api/chat/agents').then(setSetting, sayFailure)
  }, [])
  return setting
}
