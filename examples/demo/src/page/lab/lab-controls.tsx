import { useSession } from '../shell/session.ts'
import { say } from '../shell/notice.ts'
import { Choice } from '../ui/choice.tsx'
import { Panel } from '../ui/panel.tsx'
import { useAction } from '../ui/use-action.ts'
import { cutLink, expireToken, restartServer, setFaults } from './lab-api.ts'
import { LinkSessions } from './link-sessions.tsx'
import type { ServerLog } from './lab-api.ts'

export interface LabControlsProps {
  readonly labId: string
  readonly log: ServerLog | undefined
  readonly note: (what: string) => void
}

/** Notes what was done among the events of the link, and does it. */
type Act = (what: string, action: () => Promise<unknown>) => void

interface TroubleProps {
  readonly labId: string
  readonly log: ServerLog | undefined
  readonly act: Act
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
  return (
    <Panel title="Trouble" className="lab-controls">
      <div className="button-grid">
        <LinkTrouble labId={labId} log={log} act={act} />
        <ServerTrouble log={log} act={act} />
      </div>
      <p className="label">Slow network: everything is late by</p>
      <Choice
        label="Slow network"
        options={delays}
        value={String(log?.faults.latencyMs ?? 0)}
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
      <LinkSessions log={log} />
    </Panel>
  )
}

/** What concerns this page's link alone. */
function LinkTrouble({ labId, log, act }: TroubleProps) {
  const block = (kind: 'sse' | 'websocket', name: string) => {
    const isOn = log?.faults[kind] ?? false
    const what = `you ${isOn ? 'let through' : 'blocked'} ${name}`
    return (
      <button
        type="button"
        aria-pressed={isOn}
        disabled={!log}
        onClick={() => act(what, () => setFaults(labId, { [kind]: !isOn }))}
      >
        Block {name}
      </button>
    )
  }
  return (
    <>
      <button type="button" disabled={!log} onClick={() => act('you cut the link', () => cutLink(labId))}>
        Cut the link
      </button>
      <button type="button" disabled={!log} onClick={() => act('you let the token expire', () => expireToken(labId))}>
        Expire the token
      </button>
      {block('sse', 'SSE')}
      {block('websocket', 'WebSocket')}
    </>
  )
}

const restarts = [
  {
    kind: 'drain',
    name: 'Restart the server',
    done: 'you restarted the server',
    told: 'The server tells its clients, closes, and starts again. Its history is gone.',
  },
  {
    kind: 'crash',
    name: 'Crash the server',
    done: 'you crashed the server',
    told: 'The server is gone without a word, and will be back in a second.',
  },
] as const

/** What concerns everybody, and is left to the machine that the server runs on. */
function ServerTrouble({ log, act }: Omit<TroubleProps, 'labId'>) {
  const isForeign = useSession()?.mayControl === false
  return restarts.map(({ kind, name, done, told }) => (
    <button
      key={kind}
      type="button"
      disabled={!log || isForeign}
      title={isForeign ? 'Left to the machine that the server runs on' : undefined}
      onClick={() =>
        act(done, async () => {
          await restartServer(kind)
          say(told)
        })
      }
    >
      {name}
    </button>
  ))
}
