/**
 * Calls every function, also when some throw; then throws what the first of those threw. @returns a promise if any of
 * them did, so that the stream waits for the slowest of its handlers.
 */
export function callAll(calls: readonly (() => unknown)[]): Promise<unknown> | undefined {
  const thrown: unknown[] = []
  const pending: unknown[] = []
  for (const call of calls) {
    try {
      const result = call()
      if (typeof result === 'object' && result !== null && 'then' in result) pending.push(result)
    } catch (error) {
      thrown.push(error)
    }
  }
  // oxlint-disable-next-line typescript/only-throw-error -- it was thrown by the user's code, and goes on as it was
  if (thrown.length > 0) throw thrown[0]
  return pending.length > 0 ? Promise.all(pending) : undefined
}
