import { EventEmitter, once } from 'node:events'
import { pause } from './pause.ts'
import { WorkClock } from './work-clock.ts'
import type { CreativeType } from '../creative/evaluate-creative.ts'
import type { Script } from '../council/script.ts'
import type { AutopilotRequest } from '../writing/autopilot-request.ts'

/** What is asked of each type of work; events go to the channel of this type and the work's ID. */
export interface Requests {
  readonly council_score: Script
  readonly creative_evaluation: { readonly content: string; readonly type: CreativeType }
  readonly autopilot: AutopilotRequest
  readonly generation: { readonly docId: string }
}
export type WorkType = keyof Requests
export type Action = 'pause' | 'resume' | 'stop'

/** A piece of work, as every process knows it. */
export class Work {
  readonly id: string
  readonly type: WorkType
  readonly request: Requests[WorkType]
  /** When it was over, in milliseconds since 1970. */
  endedAt: number | undefined
  readonly #clock: WorkClock
  readonly #ending = new AbortController()
  readonly #controls = new EventEmitter()

  constructor(id: string, type: WorkType, request: Requests[WorkType], beganAt: number) {
    this.id = id
    this.type = type
    this.request = request
    this.#clock = new WorkClock(beganAt)
  }

  get isOver(): boolean {
    return this.endedAt !== undefined
  }

  /** Aborted when somebody stopped the work. */
  get ending(): AbortSignal {
    return this.#ending.signal
  }

  /** @param offset of the order in the journal */
  control(action: Action, at: number, offset: number): void {
    if (action === 'stop') this.#ending.abort()
    else this.#clock[action](at)
    this.#controls.emit('order', action, offset)
  }

  onControl(listener: (action: Action, offset: number) => void): void {
    this.#controls.on('order', listener)
  }

  /**
   * Waits until the work has been under way for so long, pauses left out. Work follows a timetable, and not pauses of its
   * own: a process that takes it over does at once what is overdue.
   */
  async until(ms: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      const left = ms - this.#clock.elapsed(Date.now())
      if (this.#clock.isPaused) await once(this.#controls, 'order', { signal })
      else if (left > 0) await pause(left, signal)
      else return
    }
  }
}
