import { useDefinition } from '../use-definition.ts'

import type { StreamDefinition } from '@steadystream/core/presets'
import type { Link } from '@steadystream/core/store'
import type { DefinedStreamHookOptions } from '../create-stream-hook.ts'
import type { StoreOptions } from '../hook-options.ts'
import type { Present } from '../use-store.ts'

/** Options of a preset's hook: all of a stream's (`maxRetries`, `retryDelay`, `timeout` …), its handlers, and `enabled`. */
export type PresetOptions<Event> = DefinedStreamHookOptions<Event>

/** What a preset's hook returns: the state, and the stream's; the same object until something changes. */
export type PresetView<State> = State &
  Link & {
    /** Starts, or starts again after `stopStreaming()` or an end, from the last event. Otherwise does nothing. */
    readonly startStreaming: () => void
    /** Ends the stream, for every component that shares it; what it brought stays. */
    readonly stopStreaming: () => void
  }

export const presentState: Present =
  ({ connect: startStreaming, disconnect: stopStreaming }) =>
  (link, state) => ({ ...(state as object), ...link, startStreaming, stopStreaming })

/** @param params `''`, too, is none: an ID that is not known yet */
export const usePreset = <Params, Event, State>(
  definition: StreamDefinition<Params, Event, State>,
  params: Params | '' | null | undefined,
  options?: PresetOptions<Event>,
  present = presentState,
): PresetView<State> =>
  // A definition's events are what its handlers take.
  useDefinition(definition, params || null, options as StoreOptions, present) as PresetView<State>

/** An ID; without one, nothing is connected to. */
export type Id = string | null | undefined
