import { useSyncExternalStore } from 'react'

const shownMs = 6000
const listeners = new Set<() => void>()
let line = ''
let timer: number | undefined

/** Shows a line over the page for a while, and reads it out. */
export function say(text: string): void {
  set(text)
  window.clearTimeout(timer)
  timer = window.setTimeout(() => set(''), shownMs)
}

/** What a failed request means for somebody who pressed a button. */
export const sayFailure = (error: unknown): void => say(failureInWords(error))

export function failureInWords(error: unknown): string {
  if (error instanceof TypeError) return 'The server cannot be reached now.'
  return error instanceof Error ? error.message : String(error)
}

export function useNotice(): string {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => line,
  )
}

function set(text: string): void {
  line = text
  for (const changed of listeners) changed()
}
