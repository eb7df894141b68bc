import { replaceGlobals } from '../../../core/test/simulator/globals.ts'

import type { Random } from '../../../core/test/support/random.ts'
import type { World } from '../../../core/test/simulator/world.ts'

/** A timer that can be taken back, and that no process waits for. */
interface VirtualTimer {
  cancel: () => void
  unref(): void
}

/**
 * The server's clocks, timers and randomness, on virtual time and from the run's seed.
 * @returns what puts back what was there
 */
export function installVirtualTime({ clock }: World, random: Random): () => void {
  const { random: formerRandom } = Math
  const { now: formerNow } = Date
  const timer = (cancel: () => void): VirtualTimer => ({ cancel, unref() {} })
  const clear = (given: VirtualTimer | undefined) => given?.cancel()
  const restore = replaceGlobals({
    setTimeout: (act: () => void, ms = 0) => timer(clock.after(ms, act)),
    setInterval: (act: () => void, ms: number) => {
      const own = timer(() => {})
      const again = () => {
        own.cancel = clock.after(ms, again)
        act()
      }
      own.cancel = clock.after(ms, again)
      return own
    },
    setImmediate: (act: () => void) => timer(clock.after(0, act)),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    performance: { now: () => clock.now() },
  })
  Math.random = () => random.next()
  Date.now = () => clock.wallNow()
  return () => {
    Math.random = formerRandom
    Date.now = formerNow
    restore()
  }
}
