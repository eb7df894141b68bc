import { getEventListeners } from 'node:events'

import { onTestFinished, vi } from 'vitest'

import { watchLifecycle } from '../../src/lifecycle.ts'
import { createManualClock } from '../../src/testing/index.ts'

import type { LifecycleOptions } from '../../src/lifecycle.ts'

const names = 'offline online pagehide pageshow unload beforeunload freeze resume visibilitychange'.split(' ')

/** The globals of a page, of which a test fires the events. To be unstubbed after each test. */
export function stubPage({ onLine = true, hidden = false } = {}) {
  const window = new EventTarget()
  const document = Object.assign(new EventTarget(), { hidden })
  const navigator = { onLine }
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', document)
  vi.stubGlobal('navigator', navigator)
  return {
    fire: (name: string, more: object = {}) => void window.dispatchEvent(Object.assign(new Event(name), more)),
    fireDocument: (name: string) => void document.dispatchEvent(new Event(name)),
    show: (isVisible: boolean) => {
      document.hidden = !isVisible
      document.dispatchEvent(new Event('visibilitychange'))
    },
    listeners: () =>
      names.flatMap((name) => [window, document].flatMap((each) => getEventListeners(each, name).map(() => name))),
  }
}

/** What a watch tells, on a clock of its own, until the test is over. */
export function watch(options: Partial<LifecycleOptions> = {}) {
  const clock = createManualClock()
  const told: string[] = []
  const stop = watchLifecycle({
    clock,
    whenHidden: 'keep',
    on: (...event) => void told.push(event.join(' ')),
    ...options,
  })
  onTestFinished(stop)
  return { clock, told, stop }
}
