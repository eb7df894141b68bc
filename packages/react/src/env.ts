// Globals are looked up when they are used: fake timers replace them later.

/** Runs `callback` once after `ms` milliseconds; the result cancels it. */
export function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}
