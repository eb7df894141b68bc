import { StreamError } from '../errors.ts'
import { controlEvents } from '../protocol/control-events.ts'
import { parsePosition } from '../protocol/position.ts'

import type { Link } from './transport.ts'

type Sink = Pick<Link, 'comment' | 'event' | 'oversized' | 'failed' | 'maxEventSize'>

/**
 * Tells a link what the envelopes of one channel say, as the SSE wire would: `connected` waits for the position that
 * `subscribed` brings. Give it each parsed frame of one link: an envelope or an array of them. What has the wrong shape
 * is passed over, and shows as a gap where it was an event.
 */
export function createEnvelopeReader(link: Sink): (frame: unknown) => void {
  let greeting: object | undefined
  let isSubscribed = false

  const tell = (type: keyof typeof controlEvents, message: object, id?: string) =>
    link.event({ id, type: controlEvents[type], data: JSON.stringify(message) })

  /** Comes before anything else is told: only on a link that begins with it are positions trusted. */
  function introduce(id?: string): void {
    if (greeting) tell('connected', greeting, id)
    greeting = undefined
    isSubscribed = true
  }

  function read(envelope: unknown): void {
    // Whatever it is, each case checks the type of the field it takes.
    const fields = Object(envelope) as Readonly<Record<string, unknown>>
    const { type, position, to = position, data, code, recovered } = fields
    const id = typeof to === 'string' && parsePosition(to) ? to : undefined
    if (type === 'heartbeat' || type === 'pong') link.comment('heartbeat')
    // A second one would take the trust away again.
    else if (type === 'connected' && !isSubscribed) greeting = fields
    // Where the position was not honoured, the gap that follows brings the new one.
    else if (type === 'subscribed') introduce(recovered === false ? undefined : id)
    else if (type === 'gap' || type === 'complete' || type === 'close') {
      introduce()
      tell(type, fields, id)
    } else if (type === 'event' && id && data !== undefined) {
      introduce()
      const text = JSON.stringify(data)
      const isLong = text.length > link.maxEventSize
      link[isLong ? 'oversized' : 'event']({ id, type: 'message', data: isLong ? text.slice(0, 99) : text })
      // Later ones answer a command of the user's, and the connection stays.
    } else if (type === 'error' && !isSubscribed) {
      link.failed(
        new StreamError(
          code === 'unauthorized' ? 'UNAUTHORIZED' : 'SERVER_CLOSE',
          `the server refused: ${JSON.stringify(fields).slice(0, 200)}`,
          { retryable: false },
        ),
      )
    }
  }

  return (frame) => {
    for (const envelope of [frame].flat()) {
      try {
        read(envelope)
      } catch {
        // Nested too deep to be written, though it could be read: passed over like other nonsense.
      }
    }
  }
}
