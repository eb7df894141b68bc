import { Panel } from '../ui/panel.tsx'
import { AgentRealtimeChat } from './agent-realtime-chat.tsx'
import { LastWord } from './last-word.tsx'
import type { DashboardProps } from './dashboard-with-realtime-chat.tsx'

/** Nothing but the chat, in a column that is easy to read. */
export function FocusedChat(props: DashboardProps) {
  return (
    <div className="chat-alone">
      <Panel title="Agents" level={1}>
        <AgentRealtimeChat {...props} className="large" />
        <LastWord />
      </Panel>
    </div>
  )
}
