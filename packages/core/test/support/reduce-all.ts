import type { StreamDefinition } from '../../src/presets/index.ts'

/** The state after each event, none of which the reducer may change: they are frozen, as are the states. */
export function reduceAll<Event, State>(
  { initial, reduce }: Pick<StreamDefinition<never, Event, State>, 'initial' | 'reduce'>,
  events: readonly unknown[],
): State[] {
  let state = deepFreeze(initial)
  // Whatever the test sends: a server may.
  return events.map((event) => (state = deepFreeze(reduce(state, deepFreeze(event) as Event))))
}

/** An object that is frozen already is taken for frozen through and through. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const each of Object.values(value)) deepFreeze(each)
  return value
}
