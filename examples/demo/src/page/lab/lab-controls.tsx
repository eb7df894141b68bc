import { say } from '../shell/notice.ts'
import { Choice } from '../ui/choice.tsx'
import { Panel } from '../ui/panel.tsx'
import { useAction } from '../ui/use-action.ts'
import { cutLink, expireToken, restartServer, setFaults } from './lab-api.ts'
import type { ServerLog } from './lab-api.ts'

export interface LabControlsProps {
  readonly labId: string
  readonly log: ServerLog | undefined
  readonly note: (what: string) => void
}

const delays = [
  { value: '0', name: 'None' },
  { value: '300', name: '300 ms' },
  { value: '1500', name: '1.5 s' },
]
const rates = [
  { value: '5', name: '5/s' },
  { value: '20', name: '20/s' },
  { value: '100', name: '100/s' },
]

/** Everything that can go wrong. */
export function LabControls({ labId, log, note }: LabControlsProps) {
  const [act] = useAction(async (what: string, action: () => Promise<unknown>) => {
    note(what)
    await action()
  })
  const faults = log?.faults
  const block = (kind: 'sse' | 'websocket', name: string) => {
    const isOn = faults?.[kind] ?? false
    return (
      <button
        type="button"
        aria-pressed={isOn}
        disabled={!log}
        onClick={() =>
          act(`you ${isOn ? 'let through' : 'blocked'} ${name}`, () => setFaults(labId, { [kind]: !isOn }))
        }
      >
        Block {name}
      </button>
    )
  }
  return (
    <Panel title="Trouble" className="lab-controls">
      <div className="button-grid">
        <button type="button" disabled={!log} onClick={() => act('you cut the link', () => cutLink(labId))}>
          Cut the link
        </button>
        <button type="button" disabled={!log} onClick={() => act('you let the token expire', () => expireToken(labId))}>
          Expire the token
        </button>
        {block('sse', 'SSE')}
        {block('websocket', 'WebSocket')}
        <button
          type="button"
          disabled={!log}
          onClick={() =>
            act('you restarted the server', async () => {
              await restartServer('drain')
              say('The server tells its clients, closes, and starts again. Its history is gone.')
            })
          }
        >
          Restart the server
        </button>
        <button
          type="button"
          disabled={!log}
          onClick={() =>
            act('you crashed the server', async () => {
              await restartServer('crash')
              say('The server is gone without a word, and will be back in a second.')
            })
          }
        >
          Crash the server
        </button>
      </div>
      <p className="label">Slow network: everything is late by</p>
      <Choice
        label="Slow network"
        options={delays}
        value={String(faults?.latencyMs ?? 0)}
        onChange={(value) =>
          act(value === '0' ? 'you made the network quick' : 'you slowed the network', () =>
            setFaults(labId, { latencyMs: Number(value) }),
          )
        }
      />
      <p className="label">Events</p>
      <Choice
        label="Events per second"
        options={rates}
        value={String(log?.eventsPerSecond ?? 5)}
        onChange={(value) =>
          act(`you asked for ${value} events a second`, () => setFaults(labId, { eventsPerSecond: Number(value) }))
        }
      />
      <p className="label">Connections that the server has open for this link</p>
      <ul className="sessions">
        {(log?.sessions ?? []).map(({ id, transport, eventsSent }) => (
          <li key={id} data-transport={transport}>
            <b>{transport}</b> <code>{id.slice(0, 12)}</code> {eventsSent} events
          </li>
        ))}
        {log?.sessions.length === 0 && <li>None.</li>}
        {!log && <li>The server cannot be asked.</li>}
      </ul>
    </Panel>
  )
}
