import { agentMessages } from '@steadystream/core/presets'

import { useDefinition } from '../use-definition.ts'
import { presentState } from './use-preset.ts'

import type { AgentMessage, AgentMessagesState } from '@steadystream/core/presets'
import type { StoreOptions } from '../hook-options.ts'
import type { PresetOptions, PresetView } from './use-preset.ts'

export interface ChatOptions extends Omit<PresetOptions<AgentMessage>, 'onData'> {
  /** Each message as it comes. */
  readonly onMessage?: ((message: AgentMessage) => unknown) | undefined
}

/** What the agents of a chat say from now on: at most 20 messages of each, by time, the oldest first. */
export const useChatStream = ({ onMessage: onData, ...options }: ChatOptions = {}): PresetView<AgentMessagesState> =>
  useDefinition(
    agentMessages,
    undefined,
    { ...options, onData } as StoreOptions,
    presentState,
  ) as PresetView<AgentMessagesState>
