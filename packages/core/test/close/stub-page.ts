import { vi } from 'vitest'

/** A page whose listeners can be counted. Take it away with `vi.unstubAllGlobals`. */
export interface StubbedPage {
  readonly listeners: number
}

export function stubPage(): StubbedPage {
  let listeners = 0

  class Target extends EventTarget {
    /**
     * Takes the listener off by itself when the signal aborts: of several with a signal on one target, Node's own keeps
     * only the last one's removal from being garbage-collected.
     */
    override addEventListener(name: string, listener: EventListener, { signal }: AddEventListenerOptions = {}): void {
      listeners++
      super.addEventListener(name, listener)
      signal?.addEventListener('abort', () => {
        listeners--
        super.removeEventListener(name, listener)
      })
    }
  }

  vi.stubGlobal('window', new Target())
  vi.stubGlobal('document', Object.assign(new Target(), { hidden: false, visibilityState: 'visible' }))
  vi.stubGlobal('navigator', { onLine: true })
  return {
    get listeners() {
      return listeners
    },
  }
}
