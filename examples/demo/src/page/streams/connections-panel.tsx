import { useState } from 'react'
import { createEnhancedSSEStream, streamManager } from '@steadystream/core'
import { Panel } from '../ui/panel.tsx'
import { StatePill } from '../ui/state-pill.tsx'
import { durationInWords, plural, transportInWords } from '../ui/words.ts'
import { useConnections } from './use-connections.ts'
import type { ListedConnection } from './use-connections.ts'

/** A stream more, of the same request each time: they share one connection. */
function openOneMore(): void {
  createEnhancedSSEStream('/api/stream/campaign-metrics/spring', { onData: () => {} }, { maxRetries: 10 })
}

/** What the page has open, as its manager lists it. */
export function ConnectionsPanel() {
  const connections = useConnections()
  const [cleaned, setCleaned] = useState('')
  const streams = connections.reduce((sum, { subscribers }) => sum + subscribers, 0)
  function cleanup({ id }: ListedConnection): void {
    streamManager.cleanup(id)
    setCleaned(`${id} is ${streamManager.getState(id)} now.`)
  }
  return (
    <Panel
      title="Streams of this page"
      className="connections"
      aside={
        <div className="row">
          <button type="button" onClick={openOneMore}>
            Open one more
          </button>
          <button type="button" disabled={connections.length === 0} onClick={() => streamManager.cleanupAll()}>
            Clean up all
          </button>
        </div>
      }
    >
      <p className="lead" role="status">
        <span data-fact="connections">{plural(connections.length, 'connection')}</span> for{' '}
        <span data-fact="subscribers">{plural(streams, 'stream')}</span>. {cleaned}
      </p>
      <ul className="connection-list">
        {connections.map((each) => (
          <ConnectionRow key={each.id + each.since} connection={each} onCleanup={() => cleanup(each)} />
        ))}
        {connections.length === 0 && <li className="hint">Nothing is open. Open one, or visit the rough server.</li>}
      </ul>
    </Panel>
  )
}

interface ConnectionRowProps {
  readonly connection: ListedConnection
  readonly onCleanup: () => void
}

function ConnectionRow({ connection, onCleanup }: ConnectionRowProps) {
  const { id, url, state, transport, subscribers, ageMs, retries } = connection
  const path = URL.canParse(url) ? new URL(url).pathname : url
  const tried = retries === 1 ? '1 retry' : `${retries} retries`
  return (
    <li data-connection={id}>
      <div>
        <p className="connection-name">
          <b>{id}</b> <code>{path}</code>
        </p>
        <p className="fine">
          {transportInWords(transport)}, {plural(subscribers, 'stream')}, {tried}, for {durationInWords(ageMs)}
        </p>
      </div>
      <StatePill state={state} />
      <button type="button" aria-label={`Clean up ${id}`} onClick={onCleanup}>
        Clean up
      </button>
    </li>
  )
}
