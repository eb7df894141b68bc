import { createHash } from 'node:crypto'
import type { Realtime } from '@steadystream/server'

/** Makes the events of a run, one after the other. */
export type Produce = (emit: (event: unknown) => Promise<void>, signal: AbortSignal) => Promise<void>

/**
 * Work that is begun by the request that asks for it. It goes to a channel and not to the response, so that a viewer
 * whose link breaks finds it where he left it, and a second viewer with the same question sees the same answer.
 */
export interface Runs {
  /**
   * The channel of a run for this question: the one under way or just over, else a new one.
   * @param resumes whether the request goes on with a run that it has seen a part of.
   */
  open(
    type: string,
    question: string,
    resumes: boolean,
    produce: Produce,
  ): { readonly type: string; readonly id: string }
  has(channel: { readonly type: string; readonly id: string }): boolean
  stop(): void
}

interface Run {
  readonly id: string
  endedAt: number | undefined
}

/** Milliseconds for which a run that is over is what its viewers come back to. */
const keptMs = 10 * 60_000
/** Milliseconds after which the same question, asked by somebody new, is worked on anew. */
const freshMs = 1500
const maxRuns = 500

export function createRuns(realtime: Realtime, onFailure: (error: unknown) => void): Runs {
  const runs = new Map<string, Run>()
  const ids = new Set<string>()
  const stopping = new AbortController()
  let count = 0

  function begin(type: string, key: string, produce: Produce): Run {
    const run: Run = { id: `${key}_${(++count).toString(36)}`, endedAt: undefined }
    const channel = { type, id: run.id }
    const work = async () => {
      try {
        await produce(async (event) => void (await realtime.publish(channel, event)), stopping.signal)
      } catch (error) {
        if (!stopping.signal.aborted) onFailure(error)
      }
      run.endedAt = Date.now()
      if (!stopping.signal.aborted) await realtime.complete(channel)
    }
    work().catch(onFailure)
    return run
  }

  function prune(): void {
    for (const [key, { id, endedAt }] of runs) {
      if (runs.size <= maxRuns && (endedAt === undefined || Date.now() - endedAt < keptMs)) continue
      runs.delete(key)
      ids.delete(id)
    }
  }

  return {
    open(type, question, resumes, produce) {
      prune()
      // A hash of the question names the run: it goes into logs, where questions do not belong.
      const key = `${type}_${createHash('sha256').update(question).digest('hex').slice(0, 16)}`
      const known = runs.get(key)
      const isOver = known?.endedAt !== undefined && Date.now() - known.endedAt > freshMs
      const run = known && (resumes || !isOver) ? known : begin(type, key, produce)
      runs.set(key, run)
      ids.add(`${type}:${run.id}`)
      return { type, id: run.id }
    },
    has: ({ type, id }) => ids.has(`${type}:${id}`),
    stop: () => stopping.abort(),
  }
}
