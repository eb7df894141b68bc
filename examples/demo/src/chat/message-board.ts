import type { AgentMessage } from '@steadystream/core/presets'

/** The messages of the last ten minutes. */
export interface MessageBoard {
  add(message: AgentMessage): void
  /** Deletes what is too old, and answers with the rest, the oldest first. */
  list(now: number): readonly AgentMessage[]
}

/** Milliseconds for which a message is kept. */
export const keptMs = 10 * 60_000
const maxMessages = 1000

export function createMessageBoard(): MessageBoard {
  let messages: AgentMessage[] = []
  return {
    add(message) {
      messages = [...messages, message].slice(-maxMessages)
    },
    list(now) {
      messages = messages.filter(({ timestamp }) => now - Date.parse(timestamp) < keptMs)
      return messages
    },
  }
}
