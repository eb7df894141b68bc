import { useDefinition } from './use-definition.ts'

import type { StreamDefinition } from '@steadystream/core/presets'
import type { Selecting, StoreOptions, StreamHookOptions } from './hook-options.ts'
import type { StreamView } from './use-stream.ts'

/** Options of a hook made by {@link createStreamHook}: those of `useStream`, as far as the definition leaves them open. */
export type DefinedStreamHookOptions<Event> = Omit<StreamHookOptions<Event>, 'url' | 'method' | 'body'>

/** A hook made by {@link createStreamHook}. Parameters of `null` connect to nothing. */
export interface StreamHook<Params, Event, State> {
  (params: Params | null, options?: DefinedStreamHookOptions<Event>): StreamView<State>
  <U>(params: Params | null, options: DefinedStreamHookOptions<Event> & Selecting<State, U>): StreamView<U, State>
}

/**
 * Makes a hook of a definition, for the streams that it describes: it switches with the parameters, completes and fails
 * as the definition says, and never gives up (`maxRetries: Infinity`) where a stream has no end.
 */
export const createStreamHook = <Params, Event, State>(
  definition: StreamDefinition<Params, Event, State>,
): StreamHook<Params, Event, State> =>
  function useDefinedStream(params: Params | null, options?: StoreOptions) {
    // The state is the definition's, or what is selected of it.
    return useDefinition(definition, params, options) as never
  }
