/** Everything that varies in a run is drawn from one of these, so that its seed tells the whole run. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number
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
  return { next, whole: (low, high) => low + Math.floor(next() * (high - low + 1)) }
}

/** The seed of this run: `SEED` where it is set, so that a failure can be run again. */
export function seedOfRun(): number {
  const told = process.env['SEED']
  return told === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(told)
}
