import type { ConnectionSettings, Persistence } from './options.ts'

/**
 * Asks the user's store where the stream was left. A store that fails, or takes longer than an attempt may, costs the
 * place in the stream, not the stream.
 * @param answer may be called twice; the first one counts
 * @returns what cancels the wait
 */
export function recall(
  { get }: Persistence,
  { clock, timeout }: ConnectionSettings,
  answer: (lastEventId: string, error?: unknown) => void,
): () => void {
  const fail = (error: unknown) => answer('', error)
  void (async () => get())().then((id) => answer(id ?? ''), fail)
  return timeout ? clock.after(timeout, () => fail(new Error(`persist.get took over ${timeout} ms`))) : () => {}
}
