import type { ConnectionSettings, Persistence } from './options.ts'

/**
 * Asks the user's store where the stream was left. A store that fails, or takes longer than an attempt may, costs the
 * place in the stream, not the stream.
 * @param answer called once at most
 * @returns what ends the wait: an answer that comes after it counts no more
 */
export function recall(
  { get }: Persistence,
  { clock, timeout }: ConnectionSettings,
  answer: (lastEventId: string, error?: unknown) => void,
): () => void {
  let isOver = false
  let cancelTimer = () => {}
  const cancel = () => {
    isOver = true
    cancelTimer()
  }
  const settle = (id: string, error?: unknown) => {
    if (isOver) return
    cancel()
    answer(id, error)
  }
  const fail = (error: unknown) => settle('', error)
  void (async () => get())().then((id) => settle(id ?? ''), fail)
  if (timeout) cancelTimer = clock.after(timeout, () => fail(new Error(`persist.get took over ${timeout} ms`)))
  return cancel
}
