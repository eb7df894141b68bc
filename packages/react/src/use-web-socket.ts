import { createStream, webSocket } from '@steadystream/core'

import { streamOptions } from './use-sse.ts'
import { useStore } from './use-store.ts'

import type { Provided, Stream, StreamOptions, TransportFactory, WebSocketOptions } from '@steadystream/core'
import type { SharingOptions, StoreOptions } from './hook-options.ts'
import type { Link } from '@steadystream/core/store'
import type { Open, Present } from './use-store.ts'
import type { ReconnectOptions, SSEHookOptions } from './use-sse.ts'

/** Options of {@link useWebSocket}: a socket's and, beside them, a stream's. */
export interface WebSocketHookOptions<T>
  extends
    Omit<StreamOptions<T>, 'transports' | 'signal' | 'events' | 'onData' | 'maxRetries' | 'retryDelay'>,
    WebSocketOptions,
    ReconnectOptions,
    SharingOptions {
  /** Each message as it comes. The next one waits for a promise that this returns. */
  readonly onMessage?: SSEHookOptions<T>['onMessage']
  /** What is tried, in this order, where no WebSocket can be had. Only a WebSocket sends. */
  readonly fallback?: readonly TransportFactory[] | undefined
}

/** What {@link useWebSocket} returns; the same object until something changes. */
export interface WebSocketView<T> extends Link {
  /** The latest. Several may come within a frame: take those that all count from `onMessage`. */
  readonly lastMessage: T | undefined
  /** Sends; objects as JSON. `queued` waits for the connection; `refused`: nothing is mounted, or the queue is full. */
  readonly send: (data: Parameters<Stream<T>['send']>[0] | object) => ReturnType<Stream<T>['send']>
  /** Connects again after `disconnect()` or giving up. */
  readonly connect: () => void
  /** Closes the socket, for every component that shares it; `lastMessage` stays. */
  readonly disconnect: () => void
}

const open: Open = (handlers, options) => {
  // What the hook was given, with what it has in common with others.
  const {
    url,
    protocols = [],
    WebSocket,
    maxQueueSize,
    queueTtl,
    fallback = [],
    ...config
  } = options as StoreOptions & WebSocketOptions
  const socket = webSocket(url ?? '', { protocols, WebSocket, maxQueueSize, queueTtl })
  return createStream({ ...config, ...handlers, transports: [socket, ...fallback] })
}

const present: Present = ({ connect, disconnect, send }) => {
  const sendAny = (data: object | string) =>
    // As far as it is no object, what the hook takes is what a socket takes.
    send((/ (Object|Array)]/.test({}.toString.call(data)) ? JSON.stringify(data) : data) as never) ?? 'refused'
  return (link, lastMessage) => ({ ...link, lastMessage, connect, disconnect, send: sendAny })
}

/**
 * Connects a component to a WebSocket while it is mounted. Components with equal options share one.
 * @param url `null` for none; another one switches at once
 */
export const useWebSocket = <T = unknown>(
  url: Provided<string | URL> | null | undefined,
  options: WebSocketHookOptions<T> = {},
): WebSocketView<T> =>
  // Messages are of type T by the word of whoever calls.
  useStore(
    url && ['ws', typeof url !== 'function' && url],
    { ...streamOptions(options), url },
    open,
    present,
  ) as WebSocketView<T>
