import { sleep } from '../../env.ts'
import { connectTimeoutMs } from './driver.ts'

// By then there is a socket, or an error.
const socketTimeMs = connectTimeoutMs + 500
// With what follows on the connection, as TLS and a password, which no library bounds.
const greetTimeMs = 2 * connectTimeoutMs

/**
 * Waits for a connection, or no longer than until `signal` aborts, or until a peer that takes connections but says
 * nothing has had its time. What comes of it later is destroyed as soon as it is made, or its socket has to be there,
 * and not before: a library that is told to destroy what it has yet to make may forget that it was.
 */
export async function connectUnless(
  signal: AbortSignal,
  connecting: Promise<unknown>,
  destroy: () => void,
): Promise<void> {
  const over = new AbortController()
  let giveUp: (error: Error) => void = () => {}
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  const close = () => giveUp(new Error('closed'))
  const hasSocket = sleep(socketTimeMs, over.signal)
  void sleep(greetTimeMs, over.signal).then(() => giveUp(new Error('Redis takes connections, but does not answer')))
  const end = () => over.abort()
  connecting.then(end, end)
  try {
    signal.addEventListener('abort', close)
    if (signal.aborted) close()
    await Promise.race([connecting, givenUp])
  } catch (error) {
    connecting.then(destroy, destroy)
    void hasSocket.then(destroy)
    throw error
  } finally {
    signal.removeEventListener('abort', close)
  }
}
