import { Panel } from '../ui/panel.tsx'
import { AgentRealtimeChat } from './agent-realtime-chat.tsx'
import { StudioFigures } from './studio-figures.tsx'
import type { DashboardProps } from './dashboard-with-realtime-chat.tsx'

/** Figures in a row, and below them a chat with a column for each agent. */
export function CompactDashboard({ agents, ...props }: DashboardProps) {
  return (
    <div className="chat-below">
      <Panel title="Spring launch" level={1}>
        <StudioFigures />
      </Panel>
      <div className="agent-columns">
        {agents.map((agent) => (
          <Panel key={agent.id} title={agent.name}>
            <AgentRealtimeChat {...props} agents={[agent]} />
          </Panel>
        ))}
      </div>
    </div>
  )
}
