import { createDefinedStream } from '@steadystream/core/presets'

import { useStore } from './use-store.ts'

import type { StreamDefinition } from '@steadystream/core/presets'
import type { StoreOptions } from './hook-options.ts'
import type { Open, Present } from './use-store.ts'

/** The stream that a definition describes for these parameters, unless `open` opens another; `null` for none. */
export function useDefinition<Params, Event, State>(
  definition: StreamDefinition<Params, Event, State>,
  params: unknown,
  options?: StoreOptions,
  present?: Present,
  // What comes is of the definition's type by the server's word; whoever calls gives its parameters.
  open: Open = (handlers, config) =>
    createDefinedStream(definition as StreamDefinition<Params, unknown, State>, params as Params, handlers, config),
): object {
  const { path, reduce, initial, isComplete } = definition
  return useStore(
    params !== null && [path, params],
    { ...options, reduce, initial, maxRetries: options?.maxRetries ?? (isComplete ? undefined : Infinity) },
    open,
    present,
  )
}
