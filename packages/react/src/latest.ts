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
