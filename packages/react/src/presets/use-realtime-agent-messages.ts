import { polling, sse } from '@steadystream/core'
import { agentMessages } from '@steadystream/core/presets'
import { useMemo } from 'react'

import { useDefinition } from '../use-definition.ts'

import type { ParsedPollingOptions } from '@steadystream/core'
import type { AgentMessage, AgentMessagesState } from '@steadystream/core/presets'
import type { Link, Show } from '@steadystream/core/store'
import type { StoreOptions } from '../hook-options.ts'
import type { Open } from '../use-store.ts'
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

/** What polling finds: reading it again is no harm, as each message is taken once by its ID. */
const parse = (body: unknown) => {
  const { messages = body } = Object(body) as { messages?: unknown }
  // What is none says so, and polling says what it was.
  return [...(messages as unknown[])].map((data) => ({ data }))
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
  const wanted = JSON.stringify(agentIds ?? null)
  const present = useMemo(() => {
    // What has just been written.
    const ids = JSON.parse(wanted) as readonly string[] | null
    return (): Show<AgentMessagesView> => (link, state) => {
      const { messages: all } = state as AgentMessagesState // what the reducer makes
      const messages = all.filter(({ agentId }) => ids?.includes(agentId) ?? true)
      return {
        ...link,
        messages,
        isRealtime: link.isConnected && link.transport === 'sse',
        isLoading: !messages.length && link.state.endsWith('ing'),
      }
    }
  }, [wanted])
  const open: Open = (handlers, { manager, ...config }) => {
    // What goes for the event stream goes for polling, except for its positions.
    const request = { ...config, parse, interval, resumeWith: undefined } as ParsedPollingOptions
    const transports = [
      ...(enableSSE ? [sse(agentMessages.path(undefined), config)] : []),
      ...(enableFallbackPolling ? [polling('/api/chat/messages', request)] : []),
    ]
    return manager.open(transports, handlers, { ...config, from: config.from ?? 'start' })
  }
  return useDefinition(
    agentMessages,
    enableSSE || enableFallbackPolling ? [enableSSE, enableFallbackPolling, interval] : null,
    options as StoreOptions,
    present,
    open,
  ) as AgentMessagesView
}
