import { barBackground, frameColours } from '../link/frame-bar.ts'
import { namesOf } from '../link/tally.ts'
import type { CSSProperties } from 'react'
import type { FrameCount } from '../link/tally.ts'

export interface FrameBarProps {
  readonly count: FrameCount | undefined
  readonly totalFrames: number
  /** Of the whole job, 0 to 1; `undefined` before the first event. */
  readonly progress: number | undefined
  readonly isComplete: boolean
}

/** Every frame in its place, coloured by what became of it, and in words what the colours say. */
export function FrameBar({ count, totalFrames, progress, isComplete }: FrameBarProps) {
  const isKnown = count !== undefined && progress !== undefined && totalFrames > 0
  const background = isKnown ? barBackground({ count, totalFrames, progress }) : 'none'
  return (
    <>
      <div
        className="bar"
        role="progressbar"
        aria-label="Render progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={progress === undefined ? undefined : Math.floor(progress * 100)}
      >
        <div style={{ background }} />
      </div>
      <p className="legend">
        {count &&
          legendOf(count, isComplete).map(([colour, text]) => (
            // React types name only the properties that CSS has; this one is ours.
            <span key={text} style={{ '--swatch': colour } as CSSProperties}>
              {text}
            </span>
          ))}
      </p>
    </>
  )
}

function legendOf({ seen, lost, before, undeclared, doubled }: FrameCount, isComplete: boolean): [string, string][] {
  const once = doubled === 0 ? ' once each' : `, ${doubled} of them again`
  const end = isComplete && lost.length + undeclared.length + before.length === 0 ? ', none lost' : ''
  const parts: [colour: string, numbers: readonly number[], text: string][] = [
    [frameColours.before, before, `${namesOf(before)}: rendered before this stream began`],
    [frameColours.seen, seen, `${seen.length} ${seen.length === 1 ? 'frame' : 'frames'} reported${once}${end}`],
    [frameColours.lost, lost, `${namesOf(lost)}: declared lost`],
    [frameColours.undeclared, undeclared, `${namesOf(undeclared)}: missing without a word`],
  ]
  return parts.filter(([, numbers]) => numbers.length > 0).map(([colour, , text]) => [colour, text])
}
