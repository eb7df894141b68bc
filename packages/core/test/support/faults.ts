import type { Random } from './random.ts'

/** How a link ends. */
export type CutKind = 'end' | 'destroy' | 'reset' | 'silence'

/** One fault: while event number `event` is being sent, after so many bytes of its block. */
export interface Cut {
  readonly event: number
  readonly place: CutPlace
  readonly kind: CutKind
  /** Where in the place: from 0 up to 1. */
  readonly at: number
}

/** Where a block is cut: within a field, within a character of several bytes, between CR and LF, or anywhere. */
export type CutPlace = 'mid-line' | 'mid-character' | 'mid-line-end' | 'anywhere'

const places: readonly CutPlace[] = ['mid-line', 'mid-character', 'mid-line-end', 'anywhere']
const kinds: readonly CutKind[] = ['end', 'destroy', 'reset', 'silence']

/** Draws `count` faults at different events of `events`, in order; every pair of place and kind comes in turn. */
export function drawCuts(random: Random, events: number, count: number): Cut[] {
  const at = new Set<number>()
  while (at.size < count) at.add(random.whole(1, events))
  return [...at]
    .sort((a, b) => a - b)
    .map((event, n) => ({
      event,
      place: places[n % places.length] ?? 'anywhere',
      kind: kinds[Math.floor(n / places.length) % kinds.length] ?? 'end',
      at: random.next(),
    }))
}

/** How many bytes of `block` are still sent. */
export function cutAfter(block: Uint8Array, { place, at }: Cut): number {
  const offsets = [...block.keys()].filter((offset) => offset > 0 && isPlace(block, offset, place))
  return offsets[Math.floor(at * offsets.length)] ?? Math.floor(at * block.length)
}

function isPlace(block: Uint8Array, offset: number, place: CutPlace): boolean {
  const before = block[offset - 1]
  const after = block[offset]
  switch (place) {
    case 'mid-line':
      return before !== 0x0a && before !== 0x0d && after !== 0x0a && after !== 0x0d
    case 'mid-character':
      return after !== undefined && (after & 0xc0) === 0x80 // a continuation byte
    case 'mid-line-end':
      return before === 0x0d && after === 0x0a
    case 'anywhere':
      return true
  }
}
