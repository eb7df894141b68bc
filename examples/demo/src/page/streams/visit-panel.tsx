import { useEffect, useState, useSyncExternalStore } from 'react'
import { EventLog } from '../link/event-log.tsx'
import { Fact } from '../ui/fact.tsx'
import { Panel } from '../ui/panel.tsx'
import { StatePill } from '../ui/state-pill.tsx'
import { VisitForm } from './visit-form.tsx'
import { startVisit } from './visit.ts'
import { useRoughLog } from './use-rough-log.ts'
import type { Visit, VisitView } from './visit.ts'

const nobody = () => () => {}

/** `createEnhancedSSEStream` on a server of bad manners, with the options that make it cope. */
export function VisitPanel() {
  const [visit, setVisit] = useState<Visit>()
  const view = useSyncExternalStore<VisitView | undefined>(visit?.subscribe ?? nobody, () => visit?.getSnapshot())
  useEffect(() => () => visit?.close(), [visit])
  const log = useRoughLog(view?.visitId, view?.isOver ?? false)
  const isRunning = view !== undefined && !view.isOver && view.state !== 'disconnected'
  return (
    <Panel
      title="A rough server"
      level={1}
      className="visit"
      aside={<StatePill state={view?.state ?? 'disconnected'} live />}
    >
      <p className="lead">
        Twenty numbers, from a server that is not ours. <code>createEnhancedSSEStream</code> brings what can be had, and
        says what cannot.
      </p>
      <VisitForm
        isRunning={isRunning}
        onStart={(...args) => setVisit(startVisit(...args))}
        onStop={() => visit?.close()}
      />
      <dl className="facts visit-facts">
        <Fact name="Came" id="came">
          {view?.came.length ?? 0}
        </Fact>
        <Fact name="Skipped, malformed" id="skipped" tone={view && view.skipped > 0 ? 'lost' : 'plain'}>
          {view?.skipped ?? 0}
        </Fact>
        <Fact name="Connections made" id="visit-attempts">
          {view?.attempts ?? 0}
        </Fact>
        <Fact name="Last failure" id="failure">
          {view?.errorCode ?? '–'}
        </Fact>
        <Fact name="Sent by the server" id="sent">
          {log?.sent ?? '–'}
        </Fact>
        <Fact name="Garbled of these" id="garbled">
          {log?.garbled ?? '–'}
        </Fact>
        <Fact name="Requests it had" id="requests">
          {log?.requests.length ?? '–'}
        </Fact>
        <Fact name="End" id="end">
          {!view ? '–' : view.isOver ? (view.state === 'error' ? 'gave up' : 'complete') : 'not yet'}
        </Fact>
      </dl>
      <p className="fine" data-fact="path">
        {view ? view.path.join(' → ') : 'The states it goes through will stand here.'}
      </p>
      <EventLog lines={view?.lines ?? []} label="Events of the visit" />
    </Panel>
  )
}
