import { answerFetch, wantsPoll } from './adapters/fetch.ts'
import { serveChannel } from './adapters/node-channel.ts'
import { servePoll } from './adapters/node-poll.ts'
import { statsMethod } from './adapters/stats-method.ts'
import { streamMethod } from './adapters/stream-method.ts'
import { createChannelManager, currentManager, rememberManager } from './channel-manager.ts'
import { createEngine } from './create-engine.ts'
import { createObserver } from './observe/observer.ts'
import { formatMetrics } from './observe/prometheus.ts'
import { maxTimerMs, readObject, readWhole } from './option-readers.ts'
import { readOptions } from './options.ts'
import { shutDown } from './shut-down.ts'
import { readHealth, readStats } from './stats.ts'
import { attachWebSocket } from './transports/websocket.ts'

import type { Server } from 'node:http'
import type { Http2SecureServer } from 'node:http2'
import type { Server as SecureServer } from 'node:https'
import type { FetchRoute } from './adapters/fetch.ts'
import type { StatsMethod } from './adapters/stats-method.ts'
import type { StreamMethod } from './adapters/stream-method.ts'
import type { Channel } from './channel.ts'
import type { ChannelManager } from './channel-manager.ts'
import type { ChannelRoute } from './channel-request.ts'
import type { HttpRequest, HttpResponse } from './http-messages.ts'
import type { RealtimeOptions } from './options.ts'
import type { SessionView } from './session-view.ts'
import type { RealtimeHealth, RealtimeStats } from './stats.ts'
import type { WebSocketRoute } from './transports/websocket.ts'

export interface CloseOptions {
  /** Milliseconds over which clients are told to come back elsewhere. Default 0: all at once. */
  readonly drainMs?: number | undefined
}

export interface Realtime<Channels extends object = Record<string, unknown>> extends ChannelManager<Channels> {
  readonly channels: ChannelManager<Channels>
  /** The open sessions, as of the moment it is iterated. */
  readonly sessions: Iterable<SessionView>
  /** Streams a channel in answer to a request of node:http or Express. */
  node(req: HttpRequest, res: HttpResponse, route?: ChannelRoute): void
  /**
   * Answers a request of node:http or Express with what a channel has after `?since=<position>`, or after waiting for it
   * for up to `?wait=<seconds>`.
   */
  poll(req: HttpRequest, res: HttpResponse, route?: ChannelRoute): void
  /**
   * Streams channels over the WebSockets that an HTTP server is asked for under a path. Several attachments, and upgrade
   * listeners of your own for other paths, may share a server. One of HTTP/2 has to be made with `allowHTTP1`.
   * @returns what detaches it again; `close` does so too.
   * @throws {TypeError} if an option is wrong, or the path is attached already.
   */
  attachWebSocket(server: Server | SecureServer | Http2SecureServer, route: WebSocketRoute): () => void
  /** Streams what `producer` sends to this one client, GET or POST; its return is the end of the data. */
  readonly stream: StreamMethod
  /**
   * Answers a web-standard request with a channel's stream, or a poll of it. Whoever serves the response has to cancel
   * its body, or abort the request's signal, when the client leaves. Never rejects.
   */
  fetch(request: Request, route?: FetchRoute): Promise<Response>
  /**
   * Ends every connection of a user, in every process that shares the backplane; they are told to stay away (3500). What
   * he may do when he comes all the same is up to `authenticate`.
   */
  disconnect(userId: string): Promise<void>
  /** Ends what a user follows of one channel, likewise. Whether he may come back is up to `authorize`. */
  unsubscribe(userId: string, channel: Channel): Promise<void>
  stats(): RealtimeStats
  /** Answers a request with the stats, to whom `authorize` lets (`stats`). */
  readonly serveStats: StatsMethod
  health(): RealtimeHealth
  /** In Prometheus' text format, `text/plain; version=0.0.4`. Names no channel, client or user. */
  metrics(): string
  /** Takes no new sessions, tells the open ones, and resolves when nothing is left. Later calls wait for the first. */
  close(options?: CloseOptions): Promise<void>
}

/**
 * Channels with history for clients of this process. `Channels` says what is published to channels of each name or type:
 * `createRealtime<{ job_progress: JobProgress; alerts: Alert }>()`. Left out, anything may be.
 * @throws {TypeError | RangeError} naming the option that is wrong.
 */
export function createRealtime<Channels extends object = Record<string, unknown>>(
  options: RealtimeOptions = {},
): Realtime<Channels> {
  const settings = readOptions(options)
  const observer = createObserver(settings.on, settings.logger)
  let isOpen = true
  let closing: Promise<void> | undefined
  const engine = createEngine(settings, observer, () => isOpen)
  const { control, sessions } = engine
  const owned = createChannelManager(engine.backplane)
  const { manager: channels } = owned
  rememberManager(channels)
  const detachments: (() => void)[] = []

  async function end(drainMs: number): Promise<void> {
    try {
      await shutDown(engine, owned, drainMs)
    } finally {
      for (const detach of detachments.splice(0)) detach()
    }
    settings.logger.info({}, 'closed')
  }

  const realtime: Realtime = {
    ...channels,
    channels,
    sessions: { [Symbol.iterator]: () => sessions[Symbol.iterator]() },
    node: (req, res, route = {}) => void serveChannel(engine, req, res, route),
    poll: (req, res, route = {}) => void servePoll(engine, req, res, route),
    attachWebSocket(server, route) {
      const detach = attachWebSocket(engine, server, route)
      detachments.push(detach)
      return detach
    },
    stream: streamMethod(engine),
    fetch: (request, { transport, remoteAddress, ...route } = {}) =>
      answerFetch(request, remoteAddress, (req, res) => {
        const serve = wantsPoll(request, transport) ? servePoll : serveChannel
        void serve(engine, req, res, route)
      }),
    disconnect: control.disconnect,
    unsubscribe: control.unsubscribe,
    stats: () => readStats(engine),
    serveStats: statsMethod(engine),
    health: () => readHealth(engine),
    metrics: () => formatMetrics(engine, observer.counts),
    async close(closeOptions = {}) {
      const { drainMs } = readObject('close', closeOptions, ['drainMs'])
      const windowMs = readWhole('close.drainMs', drainMs, 0, { min: 0, max: maxTimerMs })
      // Before anything is told to anybody: what is answered from here on says so.
      isOpen = false
      await (closing ??= end(windowMs))
    },
  }
  // What channels carry is known to the compiler alone.
  return realtime as Realtime<Channels>
}

/** For code that publishes without being handed a realtime: that of the one created last, or of one made now. */
export function getChannelManager<Channels extends object = Record<string, unknown>>(): ChannelManager<Channels> {
  // As above.
  return currentManager(() => createRealtime().channels) as ChannelManager<Channels>
}
