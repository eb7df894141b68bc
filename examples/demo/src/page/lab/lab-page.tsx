import { useEffect, useState } from 'react'
import { EventLog } from '../link/event-log.tsx'
import { LinkFacts } from '../link/link-facts.tsx'
import { LinkReason } from '../link/link-reason.tsx'
import { useFollowed, useFollower } from '../link/use-follower.ts'
import { LabTabs } from '../shell/lab-tabs.tsx'
import { Fact } from '../ui/fact.tsx'
import { Panel } from '../ui/panel.tsx'
import { StatePill } from '../ui/state-pill.tsx'
import { countInWords } from '../ui/words.ts'
import { ControlStream } from './control-stream.tsx'
import { LabControls } from './lab-controls.tsx'
import { newLabId } from './lab-api.ts'
import { followLab } from './lab-follower.ts'
import { exposeLab } from './lab-report.ts'
import { NumberStrip } from './number-strip.tsx'
import { SixTabs } from './six-tabs.tsx'
import { useServerLog } from './use-server-log.ts'
import type { LabFollower } from './lab-follower.ts'

/** A link to break in every way there is, while it is counted what comes. */
export function LabPage() {
  const [labId] = useState(newLabId)
  // What it was created as.
  const follower = useFollower(labId, (id) => followLab(id, false)) as LabFollower | undefined
  const followed = useFollowed(follower)
  // Before the first event the server may not know of the link.
  const log = useServerLog(followed?.latest ? labId : null)
  useEffect(() => exposeLab(labId, follower), [labId, follower])
  const state = followed?.state ?? 'disconnected'
  const latency = medianOf(follower?.latencies ?? [])
  return (
    <>
      <div className="page-head">
        <LabTabs path="/lab" />
      </div>
      <div className="lab-grid">
        <Panel title="Connection lab" level={1} className="lab-main" aside={<StatePill state={state} live />}>
          <p className="lead">
            The server counts: each event is one number. Break the link as you like; below stands what came, and what
            did not.
          </p>
          <LinkReason followed={followed} />
          <NumberStrip followed={followed} published={log?.published} />
          <LinkFacts followed={followed} units="Events">
            <Fact name="Latency, median" id="latency">
              {latency === undefined ? '–' : `${latency} ms`}
            </Fact>
            <Fact name="Published by the server" id="published">
              {/* It is asked now and then; a number that came was published. */}
              {log ? countInWords(Math.max(log.published, followed?.latest?.n ?? 0)) : 'cannot be asked'}
            </Fact>
            <Fact name="Tokens renewed" id="refreshes">
              {follower?.refreshes() ?? 0}
            </Fact>
            <Fact name="Retries in a row" id="attempt">
              {followed?.change?.attempt ?? 0}
            </Fact>
          </LinkFacts>
          <ControlStream />
        </Panel>
        <LabControls labId={labId} log={log} note={(what) => follower?.note(what)} />
        <Panel title="Events of the link" className="lab-log">
          <EventLog lines={followed?.lines ?? []} label="Events of the link" />
        </Panel>
        <SixTabs labId={labId} log={log} />
      </div>
    </>
  )
}

function medianOf(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
