import { reportThrown } from './env.ts'

import type { ConnectionSettings, Persistence } from './options.ts'

/**
 * Asks the user's store where the stream was left. A store that fails, or takes longer than an attempt may, costs the
 * place in the stream, not the stream.
 * @returns a function that makes the answer unwanted
 */
export function recall(
  { get }: Persistence,
  { clock, timeout }: ConnectionSettings,
  answer: (lastEventId: string) => void,
): () => void {
  let isWanted = true
  const settle = (id: string | null | undefined) => {
    if (isWanted) answer(id ?? '')
    drop()
  }
  const fail = (error: unknown) => {
    if (isWanted) reportThrown(error)
    settle('')
  }
  const cancelTimer = timeout
    ? clock.after(timeout, () => fail(new Error(`persist.get took over ${timeout} ms`)))
    : undefined
  function drop(): void {
    isWanted = false
    cancelTimer?.()
  }
  void (async () => get())().then(settle, fail)
  return drop
}
