import { useEffect, useState } from 'react'
import { failureInWords } from '../shell/notice.ts'

/** Milliseconds between two questions to a server that does not answer. */
const againMs = 2000

export interface Asked<T> {
  /** `undefined` until there is one. */
  readonly answer?: T
  /** Why there is none yet. */
  readonly failure?: string
}

/** Asks until there is an answer. `ask` has to be the same function each time. */
export function useAnswer<T>(ask: () => Promise<T>): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({})
  useEffect(() => {
    let timer: number | undefined
    let isGone = false
    function attempt(): void {
      ask().then(
        (answer) => isGone || setAsked({ answer }),
        (error: unknown) => {
          if (isGone) return
          setAsked({ failure: failureInWords(error) })
          timer = window.setTimeout(attempt, againMs)
        },
      )
    }
    attempt()
    return () => {
      isGone = true
      window.clearTimeout(timer)
    }
  }, [ask])
  return asked
}
