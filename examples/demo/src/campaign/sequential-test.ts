/** Successes among trials. */
export interface Sample {
  readonly trials: number
  readonly successes: number
}

/** Difference of click rates that the test is quickest to see: half a point. It is valid for any other. */
const expectedDifference = 0.005
/** Below, the normal approximation does not hold. */
const minSuccesses = 10

/**
 * How likely data as uneven as these are where both rates are the same: the p-value of a mixture sequential probability
 * ratio test (Johari, Pekelis, Walsh: "Always valid inference", 2015, with a normal mixture).
 *
 * Why not the usual z-test: its p-value holds for one look at a number of visitors fixed beforehand. These results are
 * looked at every two seconds, and whoever looks that often sees the z-test under 0.05 sooner or later with any two equal
 * variants. This value may be looked at as often as one likes; the smallest so far is the one that counts.
 */
export function alwaysValidP(a: Sample, b: Sample): number {
  if (Math.min(a.successes, b.successes) < minSuccesses) return 1
  const pooled = (a.successes + b.successes) / (a.trials + b.trials)
  const variance = pooled * (1 - pooled) * (1 / a.trials + 1 / b.trials)
  if (variance === 0) return 1
  const difference = b.successes / b.trials - a.successes / a.trials
  const mixture = expectedDifference ** 2
  const ratio =
    Math.sqrt(variance / (variance + mixture)) *
    Math.exp((mixture * difference ** 2) / (2 * variance * (variance + mixture)))
  return Math.min(1, 1 / ratio)
}
