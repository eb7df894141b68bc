import { onTestFinished } from 'vitest'

import { createChannelClient, createStreamManager } from '../../src/index.ts'
import { describeGap } from '../support/open-scripted.ts'

import type {
  ChannelClient,
  ChannelClientOptions,
  ChannelHandlers,
  ChannelName,
  ChannelOptions,
  ChannelSubscription,
} from '../../src/index.ts'

/** A subscription, and what it was told, in order: `data 1`, `gap lost a:1..a:2`, `connected opened`, `subscribed recovered`. */
export interface Followed {
  readonly subscription: ChannelSubscription
  readonly log: string[]
  /** The data alone. */
  readonly data: unknown[]
  readonly positions: string[]
}

/** A client with a manager of its own, gone with the test. */
export function openClient(options: ChannelClientOptions): ChannelClient {
  const manager = createStreamManager()
  onTestFinished(() => manager.cleanupAll())
  return createChannelClient({ manager, retryDelay: 20, minRetryDelay: 10, jitter: 0, ...options })
}

export function follow(
  client: ChannelClient,
  channel: ChannelName,
  options?: ChannelOptions<unknown>,
  own: ChannelHandlers<unknown> = {},
): Followed {
  const log: string[] = []
  const data: unknown[] = []
  const positions: string[] = []
  const subscription = client.subscribe<unknown>(
    channel,
    {
      ...own,
      onData(value, meta) {
        log.push(`data ${JSON.stringify(value)}`)
        data.push(value)
        positions.push(meta.position)
        return own.onData?.(value, meta)
      },
      onGap(gap) {
        log.push(`gap ${describeGap(gap)}`)
        return own.onGap?.(gap)
      },
      onError: ({ code, willRetry }) => void log.push(`error ${code} ${willRetry ? 'retried' : 'final'}`),
      onComplete: () => void log.push('complete'),
      onSubscribed(place) {
        log.push(
          `subscribed${place.recovered === undefined ? '' : ` ${place.recovered ? 'recovered' : 'not recovered'}`}`,
        )
        own.onSubscribed?.(place)
      },
      onStateChange: ({ state, reason }) => void log.push(`${state} ${reason}`),
    },
    options,
  )
  return { subscription, log, data, positions }
}
