import { createDefinedStream, renderProgress } from '@steadystream/core/presets'
import { createFollower } from '../link/follower.ts'
import type { RenderProgress } from '../../jobs/progress-event.ts'
import type { Follower } from '../link/follower.ts'

export type RenderFollower = Follower<RenderProgress>

/** Follows a job frame by frame. */
export function followRender(jobId: string, onEnd: () => void): RenderFollower {
  return createFollower<RenderProgress>({
    unit: 'frame',
    numberOf: (event) => event,
    onEnd,
    // The preset's event is the demo's own, seen by who knows no more of it.
    open: (handlers) =>
      createDefinedStream(renderProgress, { jobId }, handlers as never, {
        maxRetries: Infinity,
      }),
  })
}
