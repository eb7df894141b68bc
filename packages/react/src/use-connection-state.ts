import { useCallback, useContext, useSyncExternalStore } from 'react'

import { StreamContext } from './use-store.ts'

import type { ConnectionState } from '@steadystream/core'

/**
 * State of the stream with this `id` among its manager's; without one, that of the connection that is worst off:
 * `connected` if all are, `disconnected` if there is none.
 */
export function useConnectionState(id?: string): ConnectionState {
  const { manager } = useContext(StreamContext)
  const watch = useCallback(
    (changed: () => void) => {
      const stop = manager.on('state', changed)
      const stopRemoved = manager.on('removed', changed)
      return () => {
        stop()
        stopRemoved()
      }
    },
    [manager],
  )
  const read = () => {
    if (id) return manager.getState(id)
    const connections = manager.getActiveConnections()
    return (
      (['error', 'retrying', 'connecting', 'connected'] as const).find((state) =>
        // One that nobody uses any more only lingers.
        connections.some((each) => each.subscribers && each.state === state),
      ) ?? 'disconnected'
    )
  }
  return useSyncExternalStore(watch, read, () => 'disconnected')
}
