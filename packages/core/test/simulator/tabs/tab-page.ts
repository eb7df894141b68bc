import { replaceGlobals } from '../globals.ts'

import type { PlayedTab } from '../../support/tab-world.ts'

/** What the browser tells a tab of its life. */
export interface TabPage {
  /** Does something with the tab's globals in place. */
  within<T>(act: () => T): T
  /** The browser says that it freezes the tab, or puts it in the back/forward cache. */
  rest(how: 'freeze' | 'pagehide'): void
  wake(how: 'freeze' | 'pagehide'): void
  /** Listeners that are still there. */
  listeners(): number
}

export function createTabPage(tab: PlayedTab): TabPage {
  const signals: (AbortSignal | undefined)[] = []
  const target = () => {
    const made = new EventTarget()
    const add = made.addEventListener.bind(made)
    return Object.assign(made, {
      addEventListener(type: string, listener: EventListener, options?: AddEventListenerOptions) {
        signals.push(options?.signal)
        add(type, listener, options)
      },
    })
  }
  const window = target()
  const document = Object.assign(target(), { hidden: false, visibilityState: 'visible', baseURI: 'https://page.test/' })
  const navigator = { onLine: true }
  const targetOf = (how: 'freeze' | 'pagehide') => (how === 'freeze' ? document : window)

  return {
    within(act) {
      const restore = replaceGlobals({ window, document, navigator })
      try {
        return act()
      } finally {
        restore()
      }
    },
    rest: (how) => void targetOf(how).dispatchEvent(new Event(how)),
    wake(how) {
      if (tab.state === 'alive') targetOf(how).dispatchEvent(new Event(how === 'freeze' ? 'resume' : 'pageshow'))
    },
    listeners: () => signals.filter((signal) => !signal?.aborted).length,
  }
}
