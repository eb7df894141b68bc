import { restartServer } from '../lab/lab-api.ts'
import { say } from '../shell/notice.ts'
import { useSession } from '../shell/session.ts'
import { Fact } from '../ui/fact.tsx'
import { Panel } from '../ui/panel.tsx'
import { useAction } from '../ui/use-action.ts'
import { countInWords } from '../ui/words.ts'
import { useBoard } from './use-board.ts'
import type { RealtimeStats } from '@steadystream/server'

const transports = ['sse', 'websocket', 'polling'] as const
const names = { sse: 'SSE', websocket: 'WebSocket', polling: 'Polling' } as const

const count = (known: number | undefined) => (known === undefined ? '–' : countInWords(known))

/** Health and stats, live, and the button that drains the server. */
export function StatsPanel() {
  const board = useBoard()
  const isForeign = useSession()?.mayControl === false
  const [restart, isBusy] = useAction(async () => {
    await restartServer('drain')
    say('The server tells its clients, closes, and starts again.')
  })
  const { stats, health } = board ?? {}
  const status = health?.status ?? 'cannot be asked'
  return (
    <Panel
      title="The server"
      level={1}
      className="stats"
      aside={
        <p
          className="pill"
          data-state={status === 'healthy' ? 'connected' : 'retrying'}
          data-fact="health"
          role="status"
        >
          {status}
        </p>
      }
    >
      <p className="lead">
        <code>GET /health</code> and <code>GET /api/realtime/stats</code>, asked once a second.
      </p>
      <StatsFacts stats={stats} />
      <ChannelList channels={stats?.channels.channels} />
      <div className="row">
        <button
          type="button"
          disabled={!board || isBusy || isForeign}
          title={isForeign ? 'Left to the machine that the server runs on' : undefined}
          onClick={() => restart()}
        >
          Drain and restart
        </button>
      </div>
    </Panel>
  )
}

function StatsFacts({ stats }: { readonly stats: RealtimeStats | undefined }) {
  return (
    <dl className="facts stats-facts">
      {transports.map((transport) => (
        <Fact key={transport} name={`${names[transport]}, open`} id={`open-${transport}`}>
          {count(stats?.[transport].totalConnections)}
        </Fact>
      ))}
      {transports.map((transport) => (
        <Fact key={transport} name={`${names[transport]}, events sent`} id={`events-${transport}`}>
          {count(stats?.[transport].totalEvents)}
        </Fact>
      ))}
      <Fact name="Active channels" id="active-channels">
        {count(stats?.channels.activeChannels)}
      </Fact>
      <Fact name="Subscriptions" id="subscriptions">
        {count(stats?.channels.totalSubscriptions)}
      </Fact>
      <Fact name="Channel manager" id="manager">
        {stats ? (stats.channels.isConnected ? 'connected' : 'cut off') : '–'}
      </Fact>
    </dl>
  )
}

function ChannelList({ channels }: { readonly channels: RealtimeStats['channels']['channels'] | undefined }) {
  return (
    <ul className="channel-table" tabIndex={0} aria-label="Channels that are followed">
      {channels?.map(({ channel, subscribers }) => (
        <li key={channel}>
          <code>{channel}</code> <b>{subscribers}</b>
        </li>
      ))}
      {channels?.length === 0 && <li className="quiet">Nobody follows anything.</li>}
      {!channels && <li className="quiet">The server cannot be asked now; it will be, again and again.</li>}
    </ul>
  )
}
