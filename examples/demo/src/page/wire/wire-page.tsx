import { LabTabs } from '../shell/lab-tabs.tsx'
import { AlertForm } from './alert-form.tsx'
import { ChannelsPanel } from './channels-panel.tsx'
import { Doors } from './doors.tsx'
import { WireConsole } from './wire-console.tsx'

/** What goes over the wire, by hand and by the channel client; and who is let in. */
export function WirePage() {
  return (
    <>
      <div className="page-head">
        <LabTabs path="/lab/wire" />
      </div>
      <div className="room-grid">
        <div className="room-side">
          <WireConsole />
          <ChannelsPanel />
        </div>
        <div className="room-side">
          <AlertForm />
          <Doors />
        </div>
      </div>
    </>
  )
}
