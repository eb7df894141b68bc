/** Lets at most so many pieces of work run at a time; the others wait in their order. */
export function createGate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0

  async function enter(): Promise<void> {
    if (running >= limit) {
      // Whoever leaves hands his place on.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      running++
    }
  }

  function leave(): void {
    const next = waiting.shift()
    if (next) next()
    else running--
  }

  return async (work) => {
    await enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
