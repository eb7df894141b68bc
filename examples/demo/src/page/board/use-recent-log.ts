import { useEffect, useState } from 'react'
import { Refused, get } from '../api.ts'

export interface LogLine {
  readonly n: number
  readonly text: string
}

export interface RecentLogView {
  /** The latest first. */
  readonly lines: readonly LogLine[]
  /** Why there are none, if not for a moment. */
  readonly refused?: string
}

const lookMs = 1000
const keptLines = 200

/** The last lines of the server's log. It outlives a restart. */
export function useRecentLog(): RecentLogView {
  const [view, setView] = useState<RecentLogView>({ lines: [] })
  useEffect(() => {
    let isGone = false
    let last = 0
    async function look(): Promise<void> {
      try {
        const { lines } = await get<{ readonly lines: readonly LogLine[] }>(`/api/lab/server-log?after=${last}`)
        if (isGone || lines.length === 0) return
        last = lines.at(-1)?.n ?? last
        setView((known) => ({ lines: [...[...lines].reverse(), ...known.lines].slice(0, keptLines) }))
      } catch (error) {
        // One that is gone for a moment is asked again.
        if (!isGone && error instanceof Refused && error.status === 403) setView({ lines: [], refused: error.message })
      }
    }
    // One at a time: two that overlap would bring the same lines.
    let asking = Promise.resolve()
    const again = () => (asking = asking.then(look))
    void again()
    const timer = window.setInterval(() => document.hidden || void again(), lookMs)
    return () => {
      isGone = true
      window.clearInterval(timer)
    }
  }, [])
  return view
}
