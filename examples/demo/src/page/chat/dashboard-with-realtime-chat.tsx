import { LiveMetricsExample } from '../studio/live-metrics-example.tsx'
import { Panel } from '../ui/panel.tsx'
import { AgentRealtimeChat } from './agent-realtime-chat.tsx'
import { StudioFigures } from './studio-figures.tsx'
import type { AgentRealtimeChatProps } from './agent-realtime-chat.tsx'

export type DashboardProps = Pick<AgentRealtimeChatProps, 'agents' | 'fallbackPollInterval'>

/** Figures at the left, and beside them those who comment on them. */
export function DashboardWithRealtimeChat(props: DashboardProps) {
  return (
    <div className="chat-beside">
      <div className="figures-tall">
        <Panel title="Spring launch" level={1}>
          <StudioFigures />
        </Panel>
        <LiveMetricsExample campaignId="spring" />
      </div>
      <Panel title="Agents">
        <AgentRealtimeChat {...props} />
      </Panel>
    </div>
  )
}
