import { useStream } from './use-stream.ts'

import type { EventMeta, Provided } from '@steadystream/core'
import type { StreamHookOptions } from './hook-options.ts'
import type { StreamView } from './use-stream.ts'

/** Options of {@link useSSE}; those of a stream may stand beside them. */
export interface SSEHookOptions<T> extends Omit<StreamHookOptions<T>, 'url' | 'onData' | 'maxRetries' | 'retryDelay'> {
  /** Whether a lost connection is dialled again. Default `true`. */
  readonly reconnect?: boolean | undefined
  /** First backoff window in milliseconds, and so the shortest wait. Default 3,000. */
  readonly reconnectInterval?: number | undefined
  /** Retries in a row that may bring nothing before the stream gives up. Default 5; `Infinity` never does. */
  readonly maxReconnectAttempts?: number | undefined
  readonly onMessage?: ((data: T, meta: EventMeta) => unknown) | undefined
}

/**
 * The latest event of a stream over server-sent events, while the component is mounted.
 * @param url `null` for none; another one switches at once
 */
export function useSSE<T = unknown>(
  url: Provided<string | URL> | null | undefined,
  options: SSEHookOptions<T> = {},
): StreamView<T | undefined> {
  const { reconnect = true, reconnectInterval = 3000, maxReconnectAttempts = 5, onMessage, ...rest } = options
  // Without reconnecting, the end of a response is simply the end.
  const ending = reconnect ? { maxRetries: maxReconnectAttempts } : { maxRetries: 0, reconnectOnClose: false }
  return useStream<T>({ ...rest, ...ending, url, retryDelay: reconnectInterval, onData: onMessage })
}
