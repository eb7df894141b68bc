import { formatSseBlock, isControlEvent } from '@steadystream/core/protocol'

import { encodeJson } from '../channel-event.ts'
import { atTurnEnd } from '../env.ts'
import { unavailable } from '../join-channel.ts'
import { completeBlock, greeting, sseWire } from '../transports/sse.ts'
import { serveRequest } from './node-request.ts'
import { attach, beginStream, ResponseSink } from './node-response.ts'

import type { HttpRequest, HttpResponse } from '../http-messages.ts'
import type { Client } from '../client.ts'
import type { Engine } from '../engine.ts'
import type { Session } from '../session.ts'

export interface SendOptions {
  /** Resume token of your own. CR, LF and NUL are refused. */
  readonly id?: string | undefined
  /** SSE event name; the protocol's own (`steadystream.`) are refused. */
  readonly event?: string | undefined
}

/**
 * Sends one value as JSON. Settles when the client can take more: await it, and a slow client slows the producer down
 * instead of filling memory. Rejects once the stream is over.
 * @throws {TypeError} at once, if JSON has no form for the data, or `id` or `event` is refused.
 */
export type Send = (data: unknown, options?: SendOptions) => Promise<void>

/** Makes one client's stream. `signal` aborts when the client leaves or the server closes. */
export type Producer = (send: Send, signal: AbortSignal) => unknown

export interface StreamOptions {
  /** Shown in logs and stats in place of a channel. */
  readonly name?: string | undefined
}

const methods = ['GET', 'POST']

/** Runs a producer for one request. Never rejects. */
export function serveStream(
  engine: Engine,
  req: HttpRequest,
  res: HttpResponse,
  producer: Producer,
  { name }: StreamOptions,
): Promise<void> {
  return serveRequest(engine, req, res, 'sse', methods, async (client) => {
    if (!engine.isOpen()) return unavailable
    beginStream(req, res, engine.settings.cors)
    await produce(engine, client, res, producer, name)
    return undefined
  })
}

async function produce(
  { sessions, settings, isOpen }: Engine,
  client: Client,
  res: HttpResponse,
  producer: Producer,
  name: string | undefined,
): Promise<void> {
  const gone = new AbortController()
  const abort = () => gone.abort(streamOver())
  const session = sessions.open({
    client,
    channel: name,
    wire: sseWire,
    sink: new ResponseSink(res, isOpen),
    onEnding: abort,
    onClosed: abort,
  })
  attach(session, res)
  session.write(greeting)
  try {
    await producer(createSend(session, gone.signal), gone.signal)
    session.finish(completeBlock(undefined))
  } catch (error) {
    if (gone.signal.aborted) return
    settings.logger.error({ err: error, clientId: session.id, channel: name }, 'a stream producer failed')
    // Cut without `complete`, so that the client sees a lost link and not the end of the data; what was sent goes out.
    atTurnEnd(() => session.destroy('failed'))
  }
}

function createSend(session: Session, signal: AbortSignal): Send {
  return (data, { id, event } = {}) => {
    if (event !== undefined && isControlEvent(event)) {
      throw new TypeError(`event must not begin with "steadystream.", got ${JSON.stringify(event.slice(0, 80))}`)
    }
    const block = Buffer.from(formatSseBlock({ id, event, data: encodeJson(data) }))
    session.write(block, 1)
    // Its producer may have returned, of which the signal says nothing.
    const room = session.isOpen ? session.writable().then(() => signal.throwIfAborted()) : Promise.reject(streamOver())
    // Whoever does not wait for it does not want to hear of it: the signal says the same.
    room.catch(() => {})
    return room
  }
}

function streamOver(): DOMException {
  return new DOMException('the stream is over', 'AbortError')
}
