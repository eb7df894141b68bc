import { createAgentMessage } from '@steadystream/core/presets'
import { realtime } from './realtime'
import type { AgentMessage } from '@steadystream/core/presets'

const keptMs = 10 * 60_000
const everyMs = 15 * 60_000

interface Chat {
  messages: AgentMessage[]
  timer?: ReturnType<typeof setInterval>
}

// As in realtime.ts: the handlers of three routes share it.
const kept = globalThis as { chat?: Chat }
const chat = (kept.chat ??= { messages: [] })

export const agents = [
  { id: 'clock', name: 'Clock' },
  { id: 'memory', name: 'Memory' },
] as const

/** Messages of the last ten minutes; older ones are deleted. */
export function recentMessages(): readonly AgentMessage[] {
  chat.messages = chat.messages.filter(({ timestamp }) => Date.now() - Date.parse(timestamp) < keptMs)
  return chat.messages
}

/** Sends first and keeps afterwards: whoever polls must not hear of a message before those who listen. */
async function broadcastAgentMessage(message: AgentMessage): Promise<void> {
  await realtime.publish('chat', message)
  chat.messages.push(message)
}

/** One message of each agent. */
export async function generate(): Promise<readonly AgentMessage[]> {
  const { rss } = process.memoryUsage()
  const listeners = realtime.stats().sse.totalConnections
  const said = {
    clock: `This process runs for ${Math.round(process.uptime())} s now.`,
    memory: `It holds ${Math.round(rss / 1e6)} MB, has ${recentMessages().length} messages, and ${listeners} ${listeners === 1 ? 'listener' : 'listeners'} at the moment.`,
  }
  const messages = agents.map(({ id }) => createAgentMessage(id, said[id]))
  for (const message of messages) await broadcastAgentMessage(message)
  return messages
}

/** Has the agents speak every 15 minutes from the first request on. */
export function startSchedule(): void {
  chat.timer ??= setInterval(() => void generate().catch(console.error), everyMs)
}
