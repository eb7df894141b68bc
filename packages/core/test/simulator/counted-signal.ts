/** A signal that tells how many listen to it. */
export interface CountedSignal {
  readonly signal: AbortSignal
  listeners(): number
}

export function countedSignal(): CountedSignal {
  const { signal } = new AbortController()
  const held = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  Object.assign(signal, {
    addEventListener(type: string, listener: EventListener, options?: AddEventListenerOptions) {
      held.add(listener)
      add(type, listener, options)
    },
    removeEventListener(type: string, listener: EventListener) {
      held.delete(listener)
      remove(type, listener)
    },
  })
  return { signal, listeners: () => held.size }
}
