import type { StreamError } from './errors.ts'
import type { StreamEvent } from './handlers.ts'
import type { Subscription } from './subscription.ts'

/**
 * Hands the events of a subscription out one by one; each counts as handled when the next is asked for. A failure that
 * ends the stream is thrown after the last event. Leaving the loop calls `close`.
 */
export function iterate<T>(subscription: Subscription<T>, close: () => void): AsyncIterableIterator<StreamEvent<T>> {
  let outcome: { readonly error: StreamError | undefined } | undefined
  let wake: (() => void) | undefined
  let offered: { readonly event: StreamEvent<T>; readonly handled: () => void } | undefined
  let settlePrevious: (() => void) | undefined
  let turn: Promise<unknown> = Promise.resolve()

  subscription.pull = (event) =>
    new Promise((handled) => {
      offered = { event, handled }
      wake?.()
    })
  subscription.finished = (error) => {
    outcome ??= { error }
    // What a closed stream still held is not handed out any more.
    offered = undefined
    wake?.()
  }

  async function next(): Promise<IteratorResult<StreamEvent<T>, undefined>> {
    settlePrevious?.()
    settlePrevious = undefined
    if (!offered && !outcome) await new Promise<void>((resolve) => (wake = resolve))
    wake = undefined
    if (offered) {
      const { event, handled } = offered
      offered = undefined
      settlePrevious = handled
      return { done: false, value: event }
    }
    const error = outcome?.error
    outcome = { error: undefined }
    if (error) throw error
    return { done: true, value: undefined }
  }

  return {
    // Two calls at once are answered one after the other.
    next: () => (turn = turn.then(next, next)),
    async return() {
      settlePrevious?.()
      close()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
