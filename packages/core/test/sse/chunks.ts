/** A generator of numbers from 0 up to 1 that gives the same row for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, at) => bytes.slice(at, at + 1))
}

/** Cut at each of `places`, in any order; a place named twice makes an empty chunk, which a stream may bring too. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places, bytes.length].sort((one, other) => one - other)
  return sorted.slice(1).map((end, n) => bytes.slice(sorted[n], end))
}

export function cutAtRandom(bytes: Uint8Array, random: () => number): Uint8Array[] {
  const count = 1 + Math.floor(random() * Math.min(12, bytes.length + 1))
  return cutAt(
    bytes,
    Array.from({ length: count }, () => Math.floor(random() * (bytes.length + 1))),
  )
}
