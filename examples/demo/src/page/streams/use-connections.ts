import { useEffect, useState } from 'react'
import { streamManager } from '@steadystream/core'
import type { ConnectionInfo } from '@steadystream/core'

export interface ListedConnection extends ConnectionInfo {
  readonly ageMs: number
  /** Dials after a loss, since this page looks. */
  readonly retries: number
}

/** Milliseconds between two looks, where nothing has changed but the age. */
const lookMs = 500

/** The connections of the page's manager, and how often each was dialled again. */
export function useConnections(): readonly ListedConnection[] {
  const [listed, setListed] = useState<readonly ListedConnection[]>([])
  useEffect(() => {
    const retries = new Map<string, number>()
    function look(): void {
      const now = Date.now()
      setListed(
        streamManager.getActiveConnections().map((each) => ({
          ...each,
          ageMs: now - each.since,
          retries: retries.get(each.id) ?? 0,
        })),
      )
    }
    const stops = [
      streamManager.on('added', look),
      streamManager.on('removed', ({ id }) => {
        retries.delete(id)
        look()
      }),
      streamManager.on('state', ({ id, state, retryInMs }) => {
        // A wait is told with its length, once for each attempt to come.
        if (state === 'retrying' && retryInMs !== undefined) retries.set(id, (retries.get(id) ?? 0) + 1)
        look()
      }),
    ]
    const timer = window.setInterval(() => !document.hidden && look(), lookMs)
    look()
    return () => {
      window.clearInterval(timer)
      for (const stop of stops) stop()
    }
  }, [])
  return listed
}
