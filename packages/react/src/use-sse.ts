import { useStream } from './use-stream.ts'

import type { EventMeta, Provided } from '@steadystream/core'
import type { StreamHookOptions } from './hook-options.ts'
import type { StreamView } from './use-stream.ts'

/** How a hook reconnects. */
export interface ReconnectOptions {
  /** Whether a lost connection is dialled again. Default `true`. */
  readonly reconnect?: boolean | undefined
  /** First backoff window in milliseconds, and so the shortest wait. Default 3,000. */
  readonly reconnectInterval?: number | undefined
  /** Retries in a row that may bring nothing before the stream gives up. Default 5; `Infinity` never does. */
  readonly maxReconnectAttempts?: number | undefined
}

/** Options of {@link useSSE}; those of a stream may stand beside them. */
export interface SSEHookOptions<T>
  extends Omit<StreamHookOptions<T>, 'url' | 'onData' | 'maxRetries' | 'retryDelay'>, ReconnectOptions {
  /** Each event as it comes. The next one waits for a promise that this returns. */
  readonly onMessage?: ((data: T, meta: EventMeta) => unknown) | undefined
}

/** The options of a stream for those of a hook. */
export const streamOptions = <O extends ReconnectOptions & { readonly onMessage?: unknown }>({
  reconnect = true,
  reconnectInterval: retryDelay = 3000,
  maxReconnectAttempts: maxRetries = 5,
  onMessage: onData,
  ...rest
}: O) => ({
  ...rest,
  // Without reconnecting, the end of a response is simply the end.
  ...(reconnect ? { maxRetries } : { maxRetries: 0, reconnectOnClose: false }),
  retryDelay,
  onData: onData as O['onMessage'],
})

/**
 * The latest event of a stream over server-sent events, while the component is mounted.
 * @param url `null` for none; another one switches at once
 */
export const useSSE = <T = unknown>(
  url: Provided<string | URL> | null | undefined,
  options: SSEHookOptions<T> = {},
): StreamView<T | undefined> => useStream<T>({ ...streamOptions(options), url })
