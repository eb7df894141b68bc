import { createRealtime } from '@steadystream/server'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createWorkBench } from './work-bench.ts'
import { Work } from './work.ts'
import type { Assignment } from './assignment.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('stops work that somebody has paused and forgotten after ten minutes, and not before', async () => {
  const realtime = createRealtime()
  const stopped: string[] = []
  const untilStopped = (_: unknown, { signal }: Assignment) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  const bench = createWorkBench({
    realtime,
    performers: {
      autopilot: untilStopped,
      generation: untilStopped,
      council_score: untilStopped,
      creative_evaluation: untilStopped,
    },
    leads: () => true,
    end: async (work) => void (work.endedAt = Date.now()),
    async stop(work) {
      stopped.push(work.id)
      work.control('stop', Date.now(), 1)
    },
    onFailure: (error) => {
      throw error
    },
  })
  const work = new Work('task_1', 'generation', { docId: 'doc_1' }, Date.now())
  bench.run(work)
  await vi.advanceTimersByTimeAsync(10 * 60_000 - 1)
  expect([stopped, work.isOver]).toEqual([[], false])
  await vi.advanceTimersByTimeAsync(1)
  expect([stopped, work.isOver]).toEqual([['task_1'], true])
  await vi.advanceTimersByTimeAsync(20 * 60_000)
  expect(stopped).toEqual(['task_1'])
  await realtime.close()
})
