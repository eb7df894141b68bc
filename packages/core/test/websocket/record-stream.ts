import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

import { createStream, createStreamManager } from '../../src/index.ts'
import { webSocket } from '../../src/transports/websocket.ts'

import type { Gap, Stream, StreamOptions } from '../../src/index.ts'
import type { WebSocketOptions } from '../../src/transports/websocket.ts'

export interface RecordedStream {
  readonly stream: Stream<unknown>
  /** Data, gaps, failures and the end, in order. */
  readonly told: unknown[]
  readonly states: string[]
}

/** A stream over a WebSocket with short delays and everything it tells kept. It is closed with the test. */
export function recordStream(
  url: Parameters<typeof webSocket>[0],
  options: WebSocketOptions = {},
  config: Partial<StreamOptions<unknown>> = {},
): RecordedStream {
  const told: unknown[] = []
  const states: string[] = []
  const manager = createStreamManager()
  const stream = createStream<unknown>({
    transports: [webSocket(url, { WebSocket, ...options })],
    manager,
    retryDelay: 5,
    minRetryDelay: 1,
    maxRetryDelay: 20,
    jitter: 0,
    onData: (data) => void told.push(data),
    onGap: ({ kind, from, to }: Gap) => void told.push(`gap ${kind} ${from} ${to}`),
    onError: ({ code, willRetry }) => void told.push(`${code} ${willRetry ? 'retried' : 'final'}`),
    onComplete: () => void told.push('complete'),
    onStateChange: ({ state, reason }) => void states.push(`${state} ${reason}`),
    ...config,
  })
  onTestFinished(() => manager.cleanupAll())
  return { stream, told, states }
}
