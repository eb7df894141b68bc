import { durationInWords } from '../ui/words.ts'
import type { RenderProgress } from '../../jobs/progress-event.ts'

const unknown = '–'

/** Where a render stands, in numbers. */
export function RenderFigures({ event }: { readonly event: RenderProgress | undefined }) {
  const fps = event?.fps ?? 0
  return (
    <div className="figures">
      <p className="frame-count">
        Frame <b data-fact="frame">{event?.currentFrame ?? unknown}</b> of{' '}
        <b data-fact="frames">{event?.totalFrames ?? unknown}</b>
      </p>
      <dl>
        <div>
          <dt>Done</dt>
          <dd>{event ? `${Math.floor(event.progress * 100)} %` : unknown}</dd>
        </div>
        <div>
          <dt>
            <abbr title="Frames per second, measured">Frames/s</abbr>
          </dt>
          <dd>{fps > 0 ? fps.toFixed(1) : unknown}</dd>
        </div>
        <div>
          <dt>Time left</dt>
          <dd>{event && fps > 0 ? durationInWords(event.estimatedTimeRemaining * 1000) : unknown}</dd>
        </div>
      </dl>
    </div>
  )
}
