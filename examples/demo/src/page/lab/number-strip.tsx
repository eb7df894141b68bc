import { stripBackground } from '../link/frame-bar.ts'
import { frameColours } from '../link/frame-bar.ts'
import { countInWords } from '../ui/words.ts'
import type { CSSProperties } from 'react'
import type { LabEvent } from '../../lab/lab-event.ts'
import type { Followed } from '../link/follower.ts'

const shown = 150

export interface NumberStripProps {
  readonly followed: Followed<LabEvent> | undefined
  readonly published: number | undefined
}

const legend = [
  { colour: frameColours.seen, text: 'came once' },
  { colour: frameColours.lost, text: 'declared lost' },
  { colour: frameColours.undeclared, text: 'missing without a word' },
]

/** The last numbers, each in its place: what is missing is seen. */
export function NumberStrip({ followed, published = 0 }: NumberStripProps) {
  const latest = followed?.latest?.n ?? 0
  const last = Math.max(latest, Math.min(published, latest + shown), shown)
  return (
    <div className="strip">
      <p className="strip-number">
        <b data-fact="latest">{latest === 0 ? '–' : countInWords(latest)}</b> <span>the number that came last</span>
      </p>
      <div className="bar" aria-hidden="true">
        <div style={{ background: followed ? stripBackground(followed.count, last, shown) : 'none' }} />
      </div>
      <p className="legend">
        {legend.map(({ colour, text }) => (
          // React types name only the properties that CSS has; this one is ours.
          <span key={text} style={{ '--swatch': colour } as CSSProperties}>
            {text}
          </span>
        ))}
      </p>
    </div>
  )
}
