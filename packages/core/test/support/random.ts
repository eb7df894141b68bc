/** Everything that varies in a run is drawn from one of these, so that its seed tells the whole run. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly T[]): T
  /** Another generator, so that one part of a run drawing more does not change the others. */
  fork(): Random
}

/** mulberry32: 32 bits of state, which is plenty for a run and quick. */
export function createRandom(seed: number): Random {
  let state = seed | 0

  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))

  return {
    next,
    whole,
    chance: (probability) => next() < probability,
    pick<T>(choices: readonly T[]): T {
      if (choices.length === 0) throw new RangeError('choices must not be empty')
      return choices[whole(0, choices.length - 1)] as T // within the bounds
    },
    fork: () => createRandom(Math.floor(next() * 2 ** 32)),
  }
}

/** The seed of this run: `SEED` where it is set, so that a failure can be run again. */
export function seedOfRun(): number {
  const told = process.env['SEED']
  return told === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(told)
}
