import { useEffect, useState } from 'react'
import { readLog } from './lab-api.ts'
import type { ServerLog } from './lab-api.ts'

/** Milliseconds between two looks. */
const everyMs = 1000

/** What the server says of a link; `undefined` while it cannot be asked, or where there is none (`null`). */
export function useServerLog(labId: string | null): ServerLog | undefined {
  const [log, setLog] = useState<ServerLog>()
  useEffect(() => {
    if (labId === null) return undefined
    let isOver = false
    const look = () =>
      readLog(labId).then(
        (next) => !isOver && setLog(next),
        () => !isOver && setLog(undefined),
      )
    void look()
    const timer = window.setInterval(() => void look(), everyMs)
    return () => {
      isOver = true
      window.clearInterval(timer)
    }
  }, [labId])
  return log
}
