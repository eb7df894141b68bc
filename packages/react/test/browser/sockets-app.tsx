import { createChannelClient, sse, webSocket } from '@steadystream/core'
import { StreamProvider, useChannel, useWebSocket } from '@steadystream/react'
import { StrictMode, useState } from 'react'

interface News {
  readonly text?: string
  readonly type?: string
}

const isPage = typeof document !== 'undefined'
// Under another path, the server lets no WebSocket through.
const path = isPage && location.hash === '#blocked' ? 'blocked' : 'ws'
const hasty = { retryDelay: 50, minRetryDelay: 10, jitter: 0 }
// A server that renders has nothing that a path belongs to.
const channels = isPage
  ? createChannelClient({ url: '/realtime', transports: [webSocket(path), sse('')], ...hasty })
  : undefined
const fallback = [sse('/events')]
const append = (all: string, { text }: News) => `${all}${text}`

function Feed() {
  const [id, setId] = useState('a')
  const news = useChannel<News, string>(
    { type: 'news', id },
    { reduce: append, initial: '', from: 'start', linger: 50 },
  )
  const socket = useWebSocket<News>(`/realtime/${path}`, {
    ...{ fallback, reconnectInterval: 50, minRetryDelay: 10, jitter: 0, linger: 50 },
  })
  const subscription = { type: 'subscribe', channel: { type: 'news', id: 'a' } }
  return (
    <>
      <p id="channel">{[id, news.state, news.transport, news.data].join(' ')}</p>
      <p id="socket">
        {[socket.state, socket.transport, socket.lastMessage?.text ?? socket.lastMessage?.type].join(' ')}
      </p>
      <button onClick={() => void news.publish({ text: '!' })}>Publish</button>
      <button onClick={() => socket.send(subscription)}>Subscribe</button>
      <button onClick={() => setId('b')}>Switch</button>
    </>
  )
}

/** What is rendered on a server, and hydrated on the page. */
export function App() {
  const [isThere, setThere] = useState(true)
  return (
    <StrictMode>
      <StreamProvider channels={channels}>{isThere && <Feed />}</StreamProvider>
      <button onClick={() => setThere(false)}>Leave</button>
    </StrictMode>
  )
}
