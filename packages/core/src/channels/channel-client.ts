import { streamManager } from '../manager.ts'
import { withoutUndefined } from '../options.ts'
import { resolveUrl } from '../transports/sse-request.ts'
import { sse } from '../transports/sse.ts'
import { openChannels } from './open-channels.ts'

import type { StreamHandlers } from '../handlers.ts'
import type { StreamManager } from '../manager.ts'
import type { ConnectionOptions, RequestOptions, SubscriberOptions } from '../options.ts'
import type { TransportFactory } from '../transports/transport.ts'
import type { ChannelClient } from './open-channels.ts'

/** Options of {@link createChannelClient}. */
export interface ChannelClientOptions
  extends
    Omit<ConnectionOptions, 'from' | 'lastEventId' | 'isComplete' | 'reconnectOnClose' | 'retryUnsafe'>,
    Pick<RequestOptions, 'headers' | 'credentials' | 'fetch'>,
    Pick<SubscriberOptions<never>, 'id' | 'autoStart' | 'batch'>,
    Pick<StreamHandlers<never>, 'onStateChange' | 'onError'> {
  /** Where the server is mounted, such as `/api/realtime`: prefix of the transports' relative URLs. */
  readonly url?: string | URL | undefined
  /**
   * The best first, such as `[webSocket('ws'), sse(''), polling('poll')]`. Default `[sse('')]`, which is `url` itself.
   */
  readonly transports?: readonly TransportFactory[] | undefined
  /** Default: the manager that all streams share. */
  readonly manager?: StreamManager | undefined
}

/**
 * Follows many channels of a `steadystream.v1` server over one connection, which is made with the first subscription and
 * never given up (`maxRetries: Infinity`) unless told to.
 * @throws {TypeError | RangeError} for a wrong option, naming it, its value and what it takes
 */
export function createChannelClient({
  url,
  transports = [sse('')],
  manager = streamManager,
  headers,
  credentials,
  fetch,
  onStateChange,
  onError,
  ...config
}: ChannelClientOptions): ChannelClient {
  const request = withoutUndefined({ headers, credentials, fetch })
  const factories = transports.map((make): TransportFactory => (defaults) => {
    const { baseUrl } = defaults
    return make({ ...defaults, ...request, baseUrl: url ? resolveUrl(url, baseUrl) : baseUrl })
  })
  // Every manager is made by createStreamManager, whose `open` takes one thing more than its users need to know.
  const open = manager.open as unknown as (
    ...args: [...Parameters<StreamManager['open']>, typeof openChannels]
  ) => ChannelClient
  return open(factories, { onStateChange, onError }, { maxRetries: Infinity, ...config }, openChannels)
}
