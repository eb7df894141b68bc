/** Turns of the event loop after which a mocked request, which passes through several, has its answer read. */
const turns = 4

/**
 * Lets everything run that is ready to: microtasks, and stream reads that take turns of the event loop. A message port
 * makes the turns, since fake timers replace every timer but not this.
 */
export async function settle(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  try {
    for (let turn = 0; turn < turns; turn++) {
      await new Promise<void>((resolve) => {
        port1.onmessage = () => resolve()
        port2.postMessage(undefined)
      })
    }
  } finally {
    port1.close()
  }
}
