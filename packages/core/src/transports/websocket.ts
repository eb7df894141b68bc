import { withoutSecrets } from '../debug.ts'
import { askUser, globalWebSocket, systemClock } from '../env.ts'
import { toStreamError } from '../errors.ts'
import { subprotocol } from '../protocol/envelope.ts'
import { chooseTransport } from '../transport-choice.ts'
import { createSendQueue } from './send-queue.ts'
import { ask, resolveUrl } from './url.ts'
import { dial } from './websocket-attempt.ts'

import type { Provided, RequestOptions } from '../options.ts'
import type { SendData, Transport } from './transport.ts'
import type { Send, WebSocketConstructor } from './websocket-attempt.ts'

export interface WebSocketOptions extends Pick<RequestOptions, 'baseUrl' | 'resumeWith'> {
  /**
   * Subprotocols to offer. Default `['steadystream.v1']`; what is given replaces it. Pass `[]` for a server that knows
   * no subprotocol: the handshake fails where some are offered and none is chosen.
   */
  readonly protocols?: Provided<readonly string[]> | undefined
  /** Stands in for the runtime's own (Node 20 has none; tests). */
  readonly WebSocket?: WebSocketConstructor | undefined
  /** Messages that wait for a connection. Default 100, of 1 MiB together; 0 turns waiting off. */
  readonly maxQueueSize?: number | undefined
  /** Milliseconds after which a message that waits is dropped. Default 30,000. */
  readonly queueTtl?: number | undefined
}

export interface WebSocketTransport extends Transport {
  /** Sends a message, or lets it wait for the next connection. `refused`: the queue is full. */
  send(data: SendData): 'sent' | 'queued' | 'refused'
}

/** A UTF-16 text is counted in its units. */
const maxQueuedSize = 1_048_576

/**
 * A WebSocket. Where the server agrees on `steadystream.v1`, frames are envelopes and the stream resumes; elsewhere each
 * message is an event: a text, or an `ArrayBuffer`. Pass the result to `createStream`, which throws a `TypeError` for a
 * wrong option, or if `url` is a value and gives no ws(s) or http(s) URL.
 */
export function webSocket(
  url: Provided<string | URL>,
  own: WebSocketOptions = {},
): (defaults: RequestOptions) => WebSocketTransport {
  return (defaults) => {
    const {
      protocols = [subprotocol],
      WebSocket,
      baseUrl = defaults.baseUrl,
      resumeWith = defaults.resumeWith,
      maxQueueSize = 100,
      queueTtl = 30_000,
      ...unknown
    } = own
    for (const name in unknown) throw new TypeError(`unknown option ${name}`)
    if (!((Array.isArray(protocols) || typeof protocols === 'function') && maxQueueSize >= 0 && queueTtl >= 0))
      throw new TypeError('protocols must be an array or function; maxQueueSize, queueTtl from 0')
    const href = typeof url === 'function' ? '' : resolveUrl(url, baseUrl, 'ws').href
    const resumeQuery = typeof resumeWith === 'object' && resumeWith.query
    const queue = createSendQueue<SendData>(maxQueueSize, maxQueuedSize, queueTtl)
    let clock = systemClock
    let sendNow: Send = () => false

    return {
      name: 'websocket',
      choose: chooseTransport,
      url: withoutSecrets(href || '(function)'),
      isUnsafe: false,
      // Browsers send cookies to any origin.
      facts: [href, 'include', []],
      // Another protocol may be a conversation, whose answers are not for everybody.
      poolKey:
        href && typeof protocols !== 'function' && protocols.includes(subprotocol)
          ? [href, WebSocket, resumeQuery, ...protocols]
          : undefined,
      holdsBack: false,
      connect(link) {
        clock = link.clock
        Promise.all([ask(url), ask(protocols)])
          .then(([address, offered]) => {
            // Given up while the user's functions were asked.
            if (link.signal.aborted) return
            const target = resolveUrl(address, baseUrl, 'ws')
            const query = target.searchParams
            // What stays the same cannot be a token that was refreshed; a cookie may have been.
            link.identify((href ? '' : target.search) + (typeof protocols === 'function' ? String(offered) : ''))
            // Our server knows where to go on, and another one where the user says so.
            const name = resumeQuery || (offered.includes(subprotocol) && 'lastEventId')
            if (name && link.fromStart) query.set('from', 'start')
            if (name && link.lastEventId) query.set(name, link.lastEventId)
            dial(target.href, offered, WebSocket ?? globalWebSocket(), link, (send, isOurs) => {
              link.opened(isOurs || !!resumeQuery)
              sendNow = send
              link.canSend?.(send)
              // What cannot be sent at all is reported and dropped: it must not keep the others.
              queue.flush(clock.wallNow(), (data) => askUser(() => send(data), true))
            })
          })
          .catch((error: unknown) => link.failed(toStreamError(error, 'REQUEST', 'url or protocols could not be had')))
      },
      send(data) {
        if (sendNow(data)) return 'sent'
        // The caller may use its buffer again while this waits.
        const copy = ArrayBuffer.isView(data)
          ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
          : data.slice(0)
        const size = typeof copy === 'string' ? copy.length : 'size' in copy ? copy.size : copy.byteLength
        // The wall clock goes on through sleep, after which a message is old.
        return queue.push(copy, size, clock.wallNow()) ? 'queued' : 'refused'
      },
    }
  }
}
