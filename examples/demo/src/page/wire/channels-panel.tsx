import { useEffect, useState } from 'react'
import { useSession } from '../shell/session.ts'
import { Panel } from '../ui/panel.tsx'
import { transportInWords } from '../ui/words.ts'
import { pageChannels } from './channel-client.ts'
import { ChannelRow } from './channel-row.tsx'
import { channelsFor } from './channels.ts'

/** Milliseconds between two looks at the connection. */
const lookMs = 500

/** Several channels, each with its own state and position, over one connection. */
export function ChannelsPanel() {
  const userId = useSession()?.userId
  const [transport, setTransport] = useState<string>()
  useEffect(() => {
    const timer = window.setInterval(() => {
      const { state, transport: now } = pageChannels()
      setTransport(state === 'connected' ? now : undefined)
    }, lookMs)
    return () => window.clearInterval(timer)
  }, [])
  // Who one is, the server asks when a connection is made.
  useEffect(() => {
    const channels = pageChannels()
    if (channels.state === 'connected') channels.reconnect()
  }, [userId])
  return (
    <Panel title="Channels over one connection">
      <p className="lead" role="status">
        {transport === undefined
          ? 'No connection: nothing is followed.'
          : `One connection, over ${transportInWords(transport)}.`}
      </p>
      {userId ? (
        <ul className="channel-list">
          {channelsFor(userId).map((each) => (
            <ChannelRow key={each.name} {...each} />
          ))}
        </ul>
      ) : (
        <p className="hint">Asking who you are…</p>
      )}
    </Panel>
  )
}
