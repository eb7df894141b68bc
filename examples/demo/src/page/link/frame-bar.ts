import { runsOf } from './tally.ts'
import type { FrameCount } from './tally.ts'

/** What the bar shows of a job. */
export interface BarContent {
  readonly count: FrameCount
  readonly totalFrames: number
  /** Of the whole job, 0 to 1. */
  readonly progress: number
}

/** The frames take up this part of the bar; assembling them the rest, as in the server's `progress`. */
const framesPercent = 90

/** The page's colour for each fate of a frame. */
export const frameColours = {
  seen: 'var(--accent)',
  before: 'var(--before)',
  lost: 'var(--lost)',
  undeclared: 'var(--bad)',
} as const satisfies Partial<Record<keyof FrameCount, string>>

/** A part of a bar, from and to in per cent. */
interface Piece {
  readonly from: number
  readonly to: number
  readonly colour: string
}

/** A CSS background in which every frame has its place, coloured by what became of it. */
export function barBackground({ count, totalFrames, progress }: BarContent): string {
  const place = (frames: number) => (frames / totalFrames) * framesPercent
  const pieces = piecesOf(count, place)
  const assembled = progress * 100
  if (assembled > framesPercent) pieces.push({ from: framesPercent, to: assembled, colour: frameColours.seen })
  return gradientOf(pieces)
}

/** The same for numbers without an end: the last ones up to `last`, which are as many as `width`. */
export function stripBackground(count: FrameCount, last: number, width: number): string {
  const place = (number: number) => Math.max(0, ((number - (last - width)) / width) * 100)
  return gradientOf(piecesOf(count, place).filter(({ to }) => to > 0))
}

function piecesOf(count: FrameCount, place: (frames: number) => number): Piece[] {
  return Object.entries(frameColours).flatMap(([kind, colour]) =>
    // Object.entries widens the keys of `frameColours`, which are the names of lists.
    runsOf(count[kind as keyof typeof frameColours]).map(([from, to]) => ({
      from: place(from - 1),
      to: place(to),
      colour,
    })),
  )
}

function gradientOf(pieces: Piece[]): string {
  const stops: string[] = []
  let at = 0
  for (const { from, to, colour } of pieces.sort((a, b) => a.from - b.from)) {
    stops.push(`transparent ${at.toFixed(2)}% ${from.toFixed(2)}%`, `${colour} ${from.toFixed(2)}% ${to.toFixed(2)}%`)
    at = to
  }
  stops.push(`transparent ${at.toFixed(2)}%`, 'transparent 100%')
  return `linear-gradient(to right, ${stops.join(', ')})`
}
