import type { Action, Requests, WorkType } from './work.ts'

/** What those who do the work get. */
export interface Assignment {
  readonly id: string
  /** Aborted when the work is stopped, or left to another process. */
  readonly signal: AbortSignal
  readonly wasStopped: boolean
  /**
   * Sends the next event of a lane. Whoever does the work anew sends the same events in each lane, and those that were
   * sent before are not published a second time.
   */
  emit(event: unknown, lane?: string): Promise<void>
  /** Waits until the work has been under way for so many milliseconds. */
  until(ms: number): Promise<void>
  onControl(listener: (action: Action, offset: number) => void): void
}

/** Each type of work by a function that does it from its beginning. */
export type Performers = {
  readonly [Type in WorkType]: (request: Requests[Type], assignment: Assignment) => Promise<void>
}
