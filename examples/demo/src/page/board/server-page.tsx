import { LabTabs } from '../shell/lab-tabs.tsx'
import { LogPanel } from './log-panel.tsx'
import { SelfCheck } from './self-check.tsx'
import { ShapingPanel } from './shaping-panel.tsx'
import { StatsPanel } from './stats-panel.tsx'

/** The server from inside: what it counts, what it logs, and how it shapes what is too fast. */
export function ServerPage() {
  return (
    <>
      <div className="page-head">
        <LabTabs path="/lab/server" />
      </div>
      <div className="room-grid even">
        <div className="room-side">
          <StatsPanel />
          <ShapingPanel />
        </div>
        <div className="room-side">
          <LogPanel />
          <SelfCheck />
        </div>
      </div>
    </>
  )
}
