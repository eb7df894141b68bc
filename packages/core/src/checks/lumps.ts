import { parseTime } from '../env.ts'

import type { Piece, Probe } from './probe.ts'

// What comes this close together left together: a network may cut it up.
const togetherMs = 25
// Two events whose clocks lie further apart were not sent in one go.
const apartMs = 500
const restMs = 200

/** How a stream came in, where it came in as if something had held it back; `undefined` where all looks well. */
export function findLumps({ pieces }: Pick<Probe, 'pieces'>): string | undefined {
  const cut = pieces.find((piece, index) => piece.isCut && (pieces[index + 1]?.atMs ?? Infinity) - piece.atMs > restMs)
  if (cut && cut !== pieces.at(-1)) return `an event came in two parts, cut after ${cut.bytes} bytes`
  for (const lump of lumpsOf(pieces)) {
    const blocks = lump.flatMap((piece) => piece.blocks)
    const stamps = blocks.flatMap(({ data }) => stampOf(data))
    const spreadMs = Math.max(...stamps) - Math.min(...stamps)
    if (stamps.length > 1 && spreadMs > apartMs) {
      return `${stamps.length} events that were made ${(spreadMs / 1000).toFixed(1)} s apart came in one lump`
    }
    // Comments keep a quiet link open: there is never a reason to send two of them at once.
    const comments = blocks.filter(({ comment }) => comment !== undefined).length
    if (comments > 2) return `${comments} keep-alives came in one lump`
  }
  return undefined
}

function lumpsOf(pieces: readonly Piece[]): Piece[][] {
  const lumps: Piece[][] = []
  for (const piece of pieces) {
    const last = lumps.at(-1)
    const before = last?.at(-1)
    if (last && before && piece.atMs - before.atMs < togetherMs) last.push(piece)
    else lumps.push([piece])
  }
  // The first one may be a replay of events that lie far apart.
  return lumps.slice(1)
}

/** The `timestamp` that events carry: ISO 8601 or milliseconds. */
function stampOf(data: string | undefined): number[] {
  const [, text] = /"timestamp":\s*"?(\d{4}-\d\d-\d\dT[\d:.]+Z|\d{13})\b/.exec(data ?? '') ?? []
  if (text === undefined) return []
  const ms = /^\d+$/.test(text) ? Number(text) : parseTime(text)
  return Number.isNaN(ms) ? [] : [ms]
}
