import type { EnhancedStreamConfig } from '@steadystream/core'
import type { StreamHookOptions } from './hook-options.ts'

const numbers = new WeakMap<object, number>()
let lastNumber = 0

/** Functions and objects are the same only if they are identical. */
function numberOf(value: object): number {
  let number = numbers.get(value)
  if (number === undefined) numbers.set(value, (number = ++lastNumber))
  return number
}

/** What a component's stream is: only when this changes, it is connected to another. `null`: to none. */
export function identityOf<T>({ url, key, method, body, manager }: StreamHookOptions<T>): string | null {
  if (url == null) return null
  // A function gives another value at each attempt, and is another one at each render: it says nothing.
  const what = key ?? [url, method, body].map((value) => typeof value !== 'function' && comparable(value))
  return JSON.stringify([what, comparable(manager)])
}

/**
 * What two components' streams must have in common to share a state: everything but the handlers, and functions must be
 * the same ones; or the same `key`. The state is of no use to another reducer, nor to another manager's streams.
 */
export function shareKeyOf<T>(options: StreamHookOptions<T>, reduce: object, manager: object): string {
  const compared =
    options.key ??
    Object.entries(configOf(options))
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, comparable(value, name)])
  return JSON.stringify([
    compared,
    numberOf(reduce),
    numberOf(manager),
    options.key === undefined && comparable(options.url),
  ])
}

/** The options that are core's. */
export function configOf<T>(options: StreamHookOptions<T>): EnhancedStreamConfig<T> {
  const own = /^(url|key|reduce|initial|manager|on[A-Z].*)$/
  return Object.fromEntries(Object.entries(options).filter(([name]) => !own.test(name)))
}

function comparable(value: unknown, name?: string): unknown {
  if (value instanceof URL || value === Infinity) return String(value)
  if (typeof value === 'function') return [numberOf(value)]
  if (typeof value !== 'object' || value === null) return value
  // Written in place, headers are another object at each render; what they say counts.
  return name === 'headers' ? [...new Headers(value as HeadersInit)] : [numberOf(value)]
}
