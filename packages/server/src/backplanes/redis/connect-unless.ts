/**
 * Waits for a connection, or no longer than until `signal` aborts. One that is made all the same is destroyed then, and
 * not before: a library that is told to destroy what it has yet to make may forget that it was.
 */
export async function connectUnless(
  signal: AbortSignal,
  connecting: Promise<unknown>,
  destroy: () => void,
): Promise<void> {
  let abort: () => void = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new Error('closed'))
  })
  try {
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    await Promise.race([connecting, aborted])
  } catch (error) {
    connecting.then(destroy, destroy)
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
