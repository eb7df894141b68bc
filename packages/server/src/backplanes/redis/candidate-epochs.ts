import { randomBelow } from '../../env.ts'

// Of one width, so that no two can read alike with different prefixes.
const firstCount = 1_000_000
const lastCount = 9_999_999

/**
 * Names for lives that may begin, each given out once: two lives of a channel with the same name could not be told
 * apart. Decimal, as half of a stream's ids is a number of 64 bits.
 */
export function createCandidates(): () => string {
  let prefix = 0
  let count = lastCount
  return () => {
    if (count === lastCount) {
      // 39 random bits; with the counter behind them it stays below 2^63.
      prefix = 1 + randomBelow(2 ** 39)
      count = firstCount
    }
    return `${prefix}${count++}`
  }
}
