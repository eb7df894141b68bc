import { useInsertionEffect, useRef } from 'react'

import type { RefObject } from 'react'

/** Holds the value of the latest render that was committed. */
export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value)
  useInsertionEffect(() => {
    latest.current = value
  })
  return latest
}

/**
 * Options whose functions are those that `latest` has when they are called, so that a token which they close over is
 * today's. Other options stay.
 */
export const asking = <O extends object>(options: O, latest: () => object | undefined, names = /./): O =>
  // Each property is as it was, or a function in the place of one.
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      typeof value === 'function' && names.test(name)
        ? (...args: readonly unknown[]) => {
            const now = ((latest() ?? options) as Readonly<Record<string, unknown>>)[name]
            return typeof now === 'function' ? now(...args) : now
          }
        : value,
    ]),
  ) as O
