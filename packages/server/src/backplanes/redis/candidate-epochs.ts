import { randomBelow } from '../../env.ts'

const perPrefix = 1_000_000

/**
 * Names for lives that may begin, each given out once: two lives of a channel with the same name could not be told
 * apart. Decimal, as half of a stream's ids is a number of 64 bits.
 */
export function createCandidates(): () => string {
  let prefix = 0
  let count = perPrefix
  return () => {
    if (count === perPrefix) {
      // 40 random bits; with the counter behind them it stays below 2^63.
      prefix = 1 + randomBelow(2 ** 40)
      count = 0
    }
    return `${prefix}${String(count++).padStart(6, '0')}`
  }
}
