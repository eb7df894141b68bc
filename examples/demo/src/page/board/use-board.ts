import { useEffect, useState } from 'react'
import { get } from '../api.ts'
import type { RealtimeHealth, RealtimeStats } from '@steadystream/server'

export interface Board {
  readonly stats: RealtimeStats
  readonly health: RealtimeHealth
}

/** Milliseconds between two looks. */
const lookMs = 1000

/** What the server says of itself; `undefined` while it cannot be asked. */
export function useBoard(): Board | undefined {
  const [board, setBoard] = useState<Board>()
  useEffect(() => {
    let isGone = false
    const look = () =>
      Promise.all([get<RealtimeStats>('/api/realtime/stats'), get<RealtimeHealth>('/health')]).then(
        ([stats, health]) => !isGone && setBoard({ stats, health }),
        () => !isGone && setBoard(undefined),
      )
    void look()
    const timer = window.setInterval(() => document.hidden || void look(), lookMs)
    return () => {
      isGone = true
      window.clearInterval(timer)
    }
  }, [])
  return board
}
