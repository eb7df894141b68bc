import { useEffect, useState, useSyncExternalStore } from 'react'
import { useSession } from '../shell/session.ts'
import { Panel } from '../ui/panel.tsx'
import { StatePill } from '../ui/state-pill.tsx'
import { WireCommands } from './wire-commands.tsx'
import { createWireSocket } from './wire-socket.ts'
import type { WireView } from './wire-socket.ts'

/** What comes without being asked for, and what answers. */
const counted = ['connected', 'heartbeat', 'pong', 'error']

/** The plain WebSocket protocol by hand: what one sends, and what comes, as it is. */
export function WireConsole() {
  const userId = useSession()?.userId
  const [socket] = useState(createWireSocket)
  const view = useSyncExternalStore(socket.subscribe, socket.getSnapshot)
  useEffect(() => () => socket.close(), [socket])
  const isUp = view.state === 'connected'
  return (
    <Panel title="Wire console" level={1} className="wire" aside={<StatePill state={view.state} live />}>
      <p className="lead">
        <code>/ws?userId={userId ?? '…'}</code> without a subprotocol, as <code>wscat</code> would open it: each message
        as it came.
      </p>
      <div className="row">
        <button
          type="button"
          className={isUp ? '' : 'primary'}
          disabled={!userId || view.state === 'connecting'}
          onClick={() => (isUp ? socket.close() : socket.connect(`/ws?userId=${encodeURIComponent(userId ?? '')}`))}
        >
          {isUp ? 'Disconnect' : 'Connect'}
        </button>
        <button type="button" disabled={view.lines.length === 0} onClick={() => socket.clear()}>
          Clear
        </button>
      </div>
      <WireCommands userId={userId ?? ''} disabled={!isUp} send={(text) => socket.send(text)} />
      <WireCounts view={view} />
      <WireLog view={view} />
    </Panel>
  )
}

function WireCounts({ view }: { readonly view: WireView }) {
  const events = Object.entries(view.counts).reduce((sum, [type, n]) => sum + (counted.includes(type) ? 0 : n), 0)
  return (
    <dl className="wire-counts">
      {counted.map((type) => (
        <div key={type}>
          <dt>{type}</dt>
          <dd data-fact={`wire-${type}`}>{view.counts[type] ?? 0}</dd>
        </div>
      ))}
      <div>
        <dt>events</dt>
        <dd data-fact="wire-events">{events}</dd>
      </div>
    </dl>
  )
}

const signs = { in: '←', out: '→', note: '·' } as const
const words = { in: 'came', out: 'sent', note: 'note' } as const

function WireLog({ view }: { readonly view: WireView }) {
  return (
    <ol className="log wire-log" tabIndex={0} aria-label="Messages">
      {view.lines.length === 0 && <li className="quiet">Nothing yet. Connect, then subscribe to something.</li>}
      {view.lines.map(({ key, at, kind, text }) => (
        <li key={key} data-kind={kind}>
          <time dateTime={at.toISOString()}>{at.toLocaleTimeString('en-GB')}</time>
          <span>
            <b aria-hidden="true">{signs[kind]}</b> <span className="hidden">{words[kind]}: </span>
            <code>{text}</code>
          </span>
        </li>
      ))}
    </ol>
  )
}
