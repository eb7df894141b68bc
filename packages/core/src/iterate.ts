import type { StreamError } from './errors.ts'
import type { StreamEvent } from './handlers.ts'
import type { Subscription } from './subscription.ts'

/**
 * Hands the events of a subscription out one by one; each counts as handled when the next is asked for. A failure that
 * ends the stream is thrown after the last event. Leaving the loop calls `leave`.
 */
export function iterate<T>(
  subscription: Subscription<T>,
  leave: () => void,
): AsyncGenerator<StreamEvent<T>, undefined> {
  let outcome: { readonly error: StreamError | undefined } | undefined
  let wake: (() => void) | undefined
  let offered: { readonly event: StreamEvent<T>; readonly handled: () => void } | undefined

  subscription.pull = (event) =>
    new Promise((handled) => {
      offered = { event, handled }
      subscription.isChecking = true
      wake?.()
    })
  subscription.finished = (error) => {
    outcome ??= { error }
    // What a closed stream still held is not handed out any more.
    offered = undefined
    wake?.()
  }

  async function* take(): AsyncGenerator<StreamEvent<T>, undefined> {
    try {
      for (;;) {
        if (!offered && !outcome) await new Promise<void>((resolve) => (wake = resolve))
        if (!offered) break
        const { event, handled } = offered
        offered = undefined
        subscription.isChecking = false
        yield event
        handled()
      }
    } finally {
      if (!outcome) leave()
    }
    if (outcome?.error) throw outcome.error
  }
  const events = take()
  // A generator's own wait for the `next()` that is under way, and pass over its body where that has not begun.
  for (const name of ['return', 'throw'] as const) {
    const end = events[name].bind(events)
    events[name] = (value: undefined) => {
      if (!outcome) leave()
      return end(value)
    }
  }
  return events
}
