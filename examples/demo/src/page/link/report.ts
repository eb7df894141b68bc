import type { ConnectionState } from '@steadystream/core'
import type { Stage } from '../../jobs/job.ts'
import type { RenderFollower } from '../studio/render-follower.ts'

/** How things stand, for tests and the curious: read `window.demo`. */
export interface DemoReport {
  readonly jobId: string | undefined
  readonly stage: Stage | undefined
  readonly state: ConnectionState
  readonly totalFrames: number
  readonly framesSeen: readonly number[]
  readonly framesLost: readonly number[]
  readonly framesBefore: readonly number[]
  readonly framesUndeclared: readonly number[]
  readonly doubled: number
  readonly gaps: number
  /** Links dialled so far. */
  readonly connections: number
  readonly lastEventId: string
}

declare global {
  interface Window {
    readonly demo: DemoReport
  }
}

/** Makes `window.demo` answer how the render stands at that moment. */
export function exposeReport(jobId: string | undefined, follower: RenderFollower | undefined): void {
  Object.defineProperty(window, 'demo', { get: () => reportOf(jobId, follower), configurable: true })
}

function reportOf(jobId: string | undefined, follower: RenderFollower | undefined): DemoReport {
  const followed = follower?.read()
  const count = followed?.count
  return {
    jobId,
    stage: followed?.latest?.stage,
    state: followed?.state ?? 'disconnected',
    totalFrames: followed?.latest?.totalFrames ?? 0,
    framesSeen: count?.seen ?? [],
    framesLost: count?.lost ?? [],
    framesBefore: count?.before ?? [],
    framesUndeclared: count?.undeclared ?? [],
    doubled: count?.doubled ?? 0,
    gaps: count?.gaps ?? 0,
    connections: followed?.stats.attempts ?? 0,
    lastEventId: follower?.stream.lastEventId ?? '',
  }
}
