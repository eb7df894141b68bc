import { describe, expect, expectTypeOf, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { createJobProgressEvent, jobProgress } from './job-progress.ts'

const at = '2026-01-01T00:00:00.000Z'
const first = { type: 'job_progress', jobId: 'job_1', status: 'queued', stage: 'wait', progress: 0, message: 'soon' }
const half = { ...first, status: 'processing', stage: 'render', progress: 0.5, message: 'half' }
const last = { ...half, status: 'completed', stage: 'done', progress: 1, message: 'done', timestamp: at }

describe('jobProgress', () => {
  it('shows the last event', () => {
    expect(jobProgress.initial).toEqual({ progress: 0 })
    expect(reduceAll(jobProgress, [first, half, last])).toEqual([
      { progress: 0, status: 'queued', stage: 'wait', message: 'soon' },
      { progress: 0.5, status: 'processing', stage: 'render', message: 'half' },
      { progress: 1, status: 'completed', stage: 'done', message: 'done' },
    ])
  })

  it('keeps progress within 0 and 1', () => {
    const states = reduceAll(
      jobProgress,
      [-0.1, 1.0000001].map((progress) => ({ ...first, progress })),
    )
    expect(states.map(({ progress }) => progress)).toEqual([0, 1])
  })

  it('stays the same object for an event that changes nothing, and for one of another type', () => {
    const [once, twice, other] = reduceAll(jobProgress, [
      half,
      { ...half, timestamp: at },
      { ...last, type: 'video_render_progress' },
    ])
    expect(twice).toBe(once)
    expect(other).toBe(once)
  })

  it('is complete once the job has completed or failed', () => {
    const answers = ['queued', 'processing', 'completed', 'failed'].map((status) =>
      jobProgress.isComplete?.(createJobProgressEvent({ ...half, status })),
    )
    expect(answers).toEqual([false, false, true, true])
  })

  it('has a place, a channel, and begins at the start', () => {
    expect(jobProgress.path({ jobId: 'a/b c' })).toBe('/api/stream/job-progress/a%2Fb%20c')
    expect(jobProgress.channel?.({ jobId: 'job_1' })).toEqual({ type: 'job_progress', id: 'job_1' })
    expect(jobProgress.from).toBe('start')
  })

  it('takes its own parameters and events only', () => {
    expectTypeOf(jobProgress.path).parameter(0).toEqualTypeOf<{ readonly jobId: string }>()
    // @ts-expect-error the ID is a string
    expect(jobProgress.path({ jobId: 1 })).toBeTypeOf('string')
    // @ts-expect-error progress is a number
    expect(createJobProgressEvent({ ...first, progress: '1' }, at)).toHaveProperty('timestamp', at)
  })
})

describe('createJobProgressEvent', () => {
  it('adds type and time', () => {
    const { jobId, status, stage, progress, message } = first
    const fields = { jobId, status, stage, progress, message }
    expect(createJobProgressEvent(fields, at)).toEqual({ ...first, timestamp: at })
  })
})
