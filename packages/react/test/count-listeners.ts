import { onTestFinished, vi } from 'vitest'

/** Listeners at the page that are added from now on and not removed. */
export function countListeners(): () => number {
  const spies = [window, document].map((target) => {
    const added = vi.spyOn(target, 'addEventListener')
    const removed = vi.spyOn(target, 'removeEventListener')
    onTestFinished(() => [added, removed].forEach((spy) => spy.mockRestore()))
    return { added, removed }
  })
  return () =>
    spies
      .map(({ added, removed }) => {
        const isRemoved = ([type, listener, options]: readonly unknown[]) =>
          (options as AddEventListenerOptions | undefined)?.signal?.aborted ||
          removed.mock.calls.some((call) => call[0] === type && call[1] === listener)
        return added.mock.calls.filter((call) => !isRemoved(call)).length
      })
      .reduce((sum, count) => sum + count, 0)
}
