import { StreamError } from '../errors.ts'
import { controlEvents } from '../protocol/control-events.ts'
import { parsePosition } from '../protocol/position.ts'

import type { Link } from './transport.ts'

type Sink = Pick<Link, 'comment' | 'event' | 'oversized' | 'failed' | 'maxEventSize'>

/** A server's texts are cut to this where they are shown to people. */
const shownLength = 200

/**
 * Tells a link what the envelopes of one channel say, as the SSE wire would: `connected` waits for the position that
 * `subscribed` brings. Give it each parsed frame of one link: an envelope or an array of them. It never throws; what
 * has the wrong shape is passed over, and shows as a gap where it was an event.
 */
export function createEnvelopeReader(link: Sink): (frame: unknown) => void {
  let greeting: object | undefined
  let isSubscribed = false

  const tell = (type: keyof typeof controlEvents, message: object, id?: string) =>
    link.event({ id, type: controlEvents[type], data: toJson(message) ?? '{}' })

  /** Comes before anything with a position: only on a link that begins with it are positions trusted. */
  function introduce(recovered?: unknown, id?: string): void {
    // Where the position was not honoured, the gap that follows brings the new one.
    if (greeting) tell('connected', { ...greeting, recovered }, recovered === false ? undefined : id)
    greeting = undefined
    isSubscribed = true
  }

  function read(envelope: unknown): void {
    // Whatever it is, each case checks the type of the field it takes.
    const fields = Object(envelope) as Readonly<Record<string, unknown>>
    const { type, data, code, message, reason, reconnect, retryMs } = fields
    const id = positionIn(type === 'gap' ? fields['to'] : fields['position'])
    if (type === 'heartbeat' || type === 'pong') link.comment('heartbeat')
    // A second one would take the trust away again.
    else if (type === 'connected' && !isSubscribed) greeting = fields
    else if (type === 'close') tell(type, { code: shown(code), reason: shown(reason), reconnect, retryMs })
    else if (type === 'subscribed') introduce(fields['recovered'], id)
    else if (type === 'gap' || type === 'complete') {
      introduce()
      tell(type, { to: id }, id)
    } else if (type === 'event' && id !== undefined && data !== undefined) {
      introduce()
      const text = toJson(data)
      if (text !== undefined && text.length <= link.maxEventSize) link.event({ id, type: 'message', data: text })
      else link.oversized({ id, type: 'message', data: text?.slice(0, 99) ?? '' })
      // Later ones answer a command of the user's, and the connection stays.
    } else if (type === 'error' && !isSubscribed) {
      const name = /^unauthorized$/i.test(shown(code)) ? 'UNAUTHORIZED' : 'SERVER_CLOSE'
      link.failed(
        new StreamError(name, `the server refused: ${shown(code)} ${shown(message)}`.slice(0, shownLength), {
          retryable: false,
        }),
      )
    }
  }

  return (frame) => (Array.isArray(frame) ? frame.forEach(read) : read(frame))
}

const positionIn = (value: unknown) => (typeof value === 'string' && parsePosition(value) ? value : undefined)

// An object of JSON may have a `toString` that is no function.
const shown = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, shownLength) : ''

/** `undefined` for what is nested too deep: JSON can be parsed to any depth, but not written. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
