import { processWide } from '../env.ts'

/**
 * Says in JSON what a value is, the same for equal ones, though they be written in place, and so be other objects each
 * time. Functions, and objects of a class, are the same only if they are identical.
 */
export const identify = (value: unknown): string => {
  const known = processWide('identities', () => ({ numbers: new WeakMap<object, number>(), last: 0 }))
  return JSON.stringify(value, function (this: object, name, part: unknown) {
    if (Object(part) !== part) return part
    const object = part as object // as was asked
    // Names of headers have no case. In a body, which no manager stands beside, they may be anything.
    if (name === 'headers' && 'manager' in this && typeof part !== 'function')
      return [...new Headers(part as HeadersInit)]
    if (Symbol.iterator in object) return [...(part as Iterable<unknown>)]
    // What has a getter may change by itself: a clock, a channel client.
    const isPlain = Object.values(Object.getOwnPropertyDescriptors(object)).every(({ get }) => !get)
    if (isPlain && Object.getPrototypeOf(part) === Object.prototype)
      return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (!known.numbers.has(object)) known.numbers.set(object, ++known.last)
    return `#${known.numbers.get(object)}`
  })
}
