import { useEffect, useState } from 'react'
import { get } from '../api.ts'

export interface RoughLogView {
  /** When each came, in milliseconds since the first. */
  readonly requests: readonly number[]
  readonly sent: number
  readonly garbled: number
}

/** Milliseconds between two looks. */
const lookMs = 700

/** What the rough server says of a visit; looked at until the visit is over, and once more. */
export function useRoughLog(visitId: string | undefined, isOver: boolean): RoughLogView | undefined {
  const [found, setFound] = useState<{ readonly visitId: string; readonly log: RoughLogView }>()
  useEffect(() => {
    if (visitId === undefined) return undefined
    let isGone = false
    // Before its first request the server knows of no visit, and while it restarts of nothing at all.
    const look = () =>
      get<RoughLogView>(`/api/lab/rough/${visitId}/log`).then(
        (log) => !isGone && setFound({ visitId, log }),
        () => {},
      )
    if (isOver) void look()
    const timer = isOver ? undefined : window.setInterval(() => void look(), lookMs)
    return () => {
      isGone = true
      window.clearInterval(timer)
    }
  }, [visitId, isOver])
  return found?.visitId === visitId ? found?.log : undefined
}
