import { StreamError, toStreamError } from '../errors.ts'
import { isControlEvent } from '../protocol/control-events.ts'
import { discard, refusal } from '../transports/sse-request.ts'
import { followByPolls } from './channel-polls.ts'

import type { ClientEnvelope } from '../protocol/envelope.ts'
import type { ChannelSide, Link, Transport } from '../transports/transport.ts'

/** Of what comes in one frame: events of many channels. */
const minFrameLimit = 2 ** 25

type Commands = readonly ClientEnvelope[]
type Fields = Readonly<Record<string, unknown>>

/** Follows a link that only shows whether it works. */
const nobody: ChannelSide = { asked: () => ({}), take() {}, opened() {} }

/**
 * A transport that carries many channels for the {@link ChannelSide} of its links: over server-sent events asked for by
 * POST, with commands beside them; over a WebSocket under `steadystream.v1`; or over polls of all channels.
 * @param timeout milliseconds within which a command is answered; else the link is given up
 */
export const channelWire = (
  transport: Transport,
  channels: (link: Link) => ChannelSide,
  timeout: number,
): Transport => ({
  ...transport,
  channels,
  connect: (link) => connect(transport, link, link.isProbe ? nobody : (link.channels ?? channels)(link), timeout),
})

function connect(transport: Transport, link: Link, side: ChannelSide, timeout: number): void {
  /** Proves that commands belong to an event stream. */
  let session: unknown
  let send: ((data: string) => boolean) | undefined
  /** Has a poll that waits go out anew; there is none over other transports. */
  let pollAnew: (() => void) | undefined
  let asked: ReturnType<ChannelSide['asked']> = {}
  let posted: Promise<unknown> = Promise.resolve()

  const ask = () => (asked = side.asked())
  // A transport that is asked for this makes requests.
  const request = (of: Link) => transport.request!(of)

  async function post(body: Readonly<Record<string, unknown>>): Promise<void> {
    const late = () => link.failed(new StreamError('TIMEOUT', `no reply within ${timeout} ms`))
    const cancel = timeout ? link.clock.after(timeout, late) : null
    // One is posted at a time, and nobody else waits so for the link to be given up.
    link.signal.onabort = cancel
    try {
      const response = await request({ ...link, request: { body } })
      if (!response.ok) {
        discard(response)
        throw refusal(response, link.clock, 'HTTP', '')
      }
      // Whatever it is, who takes it checks each.
      const { replies } = (await response.json()) as { replies: unknown }
      side.take(replies)
    } catch (error) {
      throw toStreamError(error, 'UNCONFIRMED', 'nobody knows whether the server got it')
    } finally {
      cancel?.()
    }
  }

  function give(commands: Commands): Promise<unknown> | undefined {
    const isPublish = commands[0]?.type === 'publish'
    if (send) for (const command of commands) send(JSON.stringify(command))
    else if (pollAnew && !isPublish) {
      for (const command of commands)
        if (command.type === 'unsubscribe' && 'channels' in command)
          side.take(command.channels.map((channel) => ({ type: 'unsubscribed', channel })))
      pollAnew()
    } else {
      // One after the other, as different connections may carry them. What is published needs no session: it may be
      // another process that answers.
      const next = () => post(isPublish ? { commands } : { session, commands })
      return (posted = posted.then(next, next))
    }
    return undefined
  }

  /** Tells what is said of the connection, and not of channels. */
  function tell(type: string, message: Fields): void {
    link.event({ id: undefined, type, data: JSON.stringify(message) })
    if (type !== 'steadystream.connected') return
    session = message['session']
    side.opened(give)
  }

  // The user's limit is for one event: see channel-consumer.ts.
  const maxEventSize = Math.max(link.maxEventSize, minFrameLimit)
  link = { ...link, lastEventId: '', fromStart: false, maxEventSize }
  transport.connect({
    ...link,
    // Later: what is dialled now is told of in this turn, and whoever else comes in it goes along.
    request: { body: () => Promise.resolve().then(() => ({ channels: ask() })) },
    canSend: (sender) => (send = sender),
    manner: (wait) => {
      const { manner, anew } = followByPolls(link, wait, { ...side, asked: ask }, tell, request)
      pollAnew = anew
      return manner
    },
    event({ type: name, data }) {
      if (link.signal.aborted) return
      const frame = parse(data)
      if (isControlEvent(name)) return tell(name, frame)
      for (const envelope of [frame].flat()) {
        const { type } = envelope
        if (type === 'connected' || type === 'close') tell(`steadystream.${type}`, envelope)
      }
      side.take(frame)
    },
    failed(error: StreamError) {
      // None of the channels is for this client: each is refused as it would be among others.
      if (error.status === 403) {
        side.take(
          Object.keys(asked).map((channel) => ({ type: 'error', code: 'FORBIDDEN', channel, message: error.message })),
        )
        // What came after them has not been refused.
        error.retryable = Object.keys(side.asked()).length > 0
      }
      link.failed(error)
    },
  })
}

/** What is no JSON, or no object, has no fields. */
function parse(text: string): Fields {
  try {
    return Object(JSON.parse(text)) as Fields
  } catch {
    return {}
  }
}
