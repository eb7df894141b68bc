import { createDefinedStream } from '@steadystream/core/presets'

import { useStore } from './use-store.ts'

import type { StreamDefinition } from '@steadystream/core/presets'
import type { StoreOptions } from './hook-options.ts'
import type { Present } from './use-store.ts'

/** The stream that a definition describes for these parameters; `null` for none. */
export function useDefinition<Params, Event, State>(
  definition: StreamDefinition<Params, Event, State>,
  params: Params | null,
  options?: StoreOptions,
  present?: Present,
): object {
  const { path, reduce, initial, isComplete } = definition
  return useStore(
    params !== null && [path, params],
    { reduce, initial, ...(!isComplete && { maxRetries: Infinity }), ...options },
    (handlers, config) =>
      // What comes is of the definition's type by the server's word, and nothing is opened without parameters.
      createDefinedStream(definition as StreamDefinition<Params, unknown, State>, params as Params, handlers, config),
    present,
  )
}
