import { persist } from '../together/persist.ts'
import type { Realtime } from '@steadystream/server'
import type { Assignment, Performers } from './assignment.ts'
import type { Requests, Work, WorkType } from './work.ts'

export interface WorkBench {
  /** Does the work from its beginning, where it is not done and not under way. */
  run(work: Work): void
  /** Leaves all work to another process. */
  leaveAll(): void
}

export interface WorkBenchOptions {
  readonly realtime: Realtime
  readonly performers: Performers
  leads(): boolean
  /** Tells all processes that work is over. */
  end(work: Work): Promise<void>
  /** Has all processes stop it. */
  stop(work: Work): Promise<void>
  onFailure(error: unknown): void
}

/** Milliseconds after which work is stopped: it takes a minute, unless somebody has paused it and gone. */
const longestMs = 10 * 60_000

/** Where the process that leads does the work of all. */
export function createWorkBench({ realtime, performers, leads, end, stop, onFailure }: WorkBenchOptions): WorkBench {
  const running = new Map<string, AbortController>()

  function run(work: Work): void {
    if (work.isOver || running.has(work.id)) return
    const leaving = new AbortController()
    running.set(work.id, leaving)
    const tooLong = setTimeout(() => void stop(work).catch(onFailure), longestMs)
    void perform(work, leaving.signal)
      .catch((error: unknown) => leaving.signal.aborted || onFailure(error))
      .finally(() => {
        clearTimeout(tooLong)
        running.delete(work.id)
        // The lead came back before this had ended.
        if (leaving.signal.aborted && leads()) run(work)
      })
  }

  async function perform(work: Work, leaving: AbortSignal): Promise<void> {
    const { id, type, request } = work
    try {
      // The compiler does not see that type and request of one work belong together.
      const act = performers[type] as (request: Requests[WorkType], assignment: Assignment) => Promise<void>
      await act(request, assign(work, leaving, realtime))
    } catch (error) {
      if (leaving.aborted) return
      onFailure(error)
    }
    const isWanted = () => !leaving.aborted
    await persist(() => realtime.complete({ type, id }), isWanted)
    await persist(() => end(work), isWanted)
  }

  return {
    run,
    leaveAll() {
      for (const leaving of running.values()) leaving.abort()
    },
  }
}

function assign(work: Work, leaving: AbortSignal, realtime: Realtime): Assignment {
  const { id, type } = work
  const signal = AbortSignal.any([work.ending, leaving])
  const sent = new Map<string, number>()
  return {
    id,
    signal,
    get wasStopped() {
      return work.ending.aborted && !leaving.aborted
    },
    async emit(event, lane = 'main') {
      const number = (sent.get(lane) ?? 0) + 1
      sent.set(lane, number)
      const idempotencyKey = `${lane} ${number}`
      await persist(
        () => realtime.publish({ type, id }, event, { idempotencyKey }),
        () => !leaving.aborted,
      )
    },
    until: (ms) => work.until(ms, signal),
    onControl: (listener) => work.onControl(listener),
  }
}
