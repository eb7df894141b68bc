import { element } from './element.ts'

const shownMs = 6000
let timer: number | undefined

/** Shows a line over the page for a while. */
export function alertLine(text: string): void {
  const line = element('alert', HTMLElement)
  line.textContent = text
  line.hidden = false
  window.clearTimeout(timer)
  timer = window.setTimeout(() => (line.hidden = true), shownMs)
}

/** What a failed request means for somebody who pressed a button. */
export function alertFailure(error: unknown): void {
  const unreachable = error instanceof TypeError
  alertLine(unreachable ? 'The server cannot be reached now.' : error instanceof Error ? error.message : String(error))
}
