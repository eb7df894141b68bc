import type { ConnectionState } from '@steadystream/core'
import type { Stage } from '../jobs/job.ts'

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

/** Makes `window.demo` answer what `read` finds at that moment. */
export function exposeReport(read: () => DemoReport): void {
  Object.defineProperty(window, 'demo', { get: read, configurable: true })
}
