import { polling, sse } from '@steadystream/core'
import { agentMessages } from '@steadystream/core/presets'

import { useStore } from '../use-store.ts'

import type { AgentMessage, AgentMessagesState } from '@steadystream/core/presets'
import type { Link } from '@steadystream/core/store'
import type { StoreOptions } from '../hook-options.ts'
import type { Present } from '../use-store.ts'
import type { PresetOptions } from './use-preset.ts'

export interface AgentMessagesOptions extends Omit<PresetOptions<AgentMessage>, 'onData' | 'fallback'> {
  /** Whose messages are wanted. Default: everybody's. */
  readonly agentIds?: readonly string[] | undefined
  /** Default `true`. */
  readonly enableSSE?: boolean | undefined
  /** Whether messages are polled for while server-sent events cannot be had. Default `true`. */
  readonly enableFallbackPolling?: boolean | undefined
  /** Milliseconds between two polls. Default 45,000. */
  readonly fallbackPollInterval?: number | undefined
}

export interface AgentMessagesView extends Link {
  /** Each once, by time, the oldest first: at most 20 of an agent. */
  readonly messages: readonly AgentMessage[]
  /** Whether they come as they are written; `false` while they are polled for. */
  readonly isRealtime: boolean
  /** Whether nothing has been heard of the server yet. */
  readonly isLoading: boolean
}

const present: Present = () => (link, data) => {
  // As selected below.
  const messages = data as readonly AgentMessage[]
  return {
    ...link,
    messages,
    isRealtime: link.isConnected && link.transport === 'sse',
    isLoading: !messages.length && link.state.endsWith('ing'),
  }
}

/** What polling finds: reading it again is no harm, as each message is taken once by its ID. */
const parse = (body: unknown) => {
  const { messages = body } = Object(body) as { messages?: unknown }
  return (messages as unknown[]).map((data) => ({ data }))
}

/**
 * What agents say, with what they have said before: as it is written, over server-sent events from `/api/chat/stream`;
 * where those cannot be had, by polling `/api/chat/messages`, until they can be had again.
 */
export function useRealtimeAgentMessages({
  agentIds,
  enableSSE = true,
  enableFallbackPolling = true,
  fallbackPollInterval: interval = 45_000,
  ...options
}: AgentMessagesOptions = {}): AgentMessagesView {
  const { reduce, initial, path } = agentMessages
  return useStore(
    (enableSSE || enableFallbackPolling) && [path, enableSSE, enableFallbackPolling && interval],
    {
      reduce,
      initial,
      from: 'start',
      maxRetries: Infinity,
      ...(options as StoreOptions),
      select: ({ messages }: AgentMessagesState) =>
        agentIds ? messages.filter(({ agentId }) => agentIds.includes(agentId)) : messages,
    },
    (handlers, { manager, ...config }) => {
      const { headers, credentials, fetch, baseUrl } = config
      const request = { headers, credentials, fetch, baseUrl, parse, interval }
      const transports = [
        ...(enableSSE ? [sse(path(undefined), config)] : []),
        ...(enableFallbackPolling ? [polling('/api/chat/messages', request)] : []),
      ]
      return manager.open(transports, handlers, config)
    },
    present,
  ) as AgentMessagesView
}
