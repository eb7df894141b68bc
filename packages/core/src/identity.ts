import { processWide } from './env.ts'

/** A value that says in JSON what it is. Functions and objects are the same only if they are identical. */
export function comparable(value: unknown): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    return value === Infinity ? 'Infinity' : value
  }
  const known = processWide('identities', () => ({ numbers: new WeakMap<object, number>(), last: 0 }))
  let number = known.numbers.get(value)
  if (number === undefined) known.numbers.set(value, (number = ++known.last))
  return [number]
}
