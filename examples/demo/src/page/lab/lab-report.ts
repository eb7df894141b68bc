import type { FrameCount } from '../link/tally.ts'
import type { LabFollower } from './lab-follower.ts'

/** How a lab link stands, for tests and the curious: read `window.lab`. */
export interface LabReport extends FrameCount {
  readonly labId: string
  readonly state: string
  readonly transport: string | undefined
  readonly connections: number
  readonly refreshes: number
}

declare global {
  interface Window {
    readonly lab: LabReport | undefined
  }
}

export function exposeLab(labId: string, follower: LabFollower | undefined): void {
  Object.defineProperty(window, 'lab', { get: () => follower && reportOf(labId, follower), configurable: true })
}

function reportOf(labId: string, follower: LabFollower): LabReport {
  const { state, change, stats, count } = follower.read()
  return {
    ...count,
    labId,
    state,
    transport: change?.transport,
    connections: stats.attempts,
    refreshes: follower.refreshes(),
  }
}
