import { LabTabs } from '../shell/lab-tabs.tsx'
import { ConnectionsPanel } from './connections-panel.tsx'
import { DebugSwitch } from './debug-switch.tsx'
import { PresetsPanel } from './presets-panel.tsx'
import { VisitPanel } from './visit-panel.tsx'

/** The streams of this page, by the library's plain functions. */
export function StreamsPage() {
  return (
    <>
      <div className="page-head">
        <LabTabs path="/lab/streams" />
      </div>
      <div className="room-grid even">
        <VisitPanel />
        <div className="room-side">
          <ConnectionsPanel />
          <PresetsPanel />
          <div className="panel">
            <DebugSwitch />
          </div>
        </div>
      </div>
    </>
  )
}
