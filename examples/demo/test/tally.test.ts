import { describe, expect, it } from 'vitest'
import { createTally, namesOf, runsOf } from '../src/page/link/tally.ts'
import type { Stage } from '../src/jobs/job.ts'

const event = (currentFrame: number, stage: Stage = 'rendering') =>
  ({
    type: 'video_render_progress',
    jobId: 'job_1',
    totalFrames: 9,
    progress: 0,
    fps: 0,
    estimatedTimeRemaining: 0,
    timestamp: '',
    currentFrame,
    stage,
  }) as const

describe('the page’s own count of frames', () => {
  it('names the frames between the last one and the first after a gap as lost', () => {
    const tally = createTally()
    tally.add(event(0, 'preparing'))
    tally.add(event(1))
    tally.gap()
    tally.add(event(4))
    tally.add(event(5))
    expect(tally.count()).toEqual({ seen: [1, 4, 5], lost: [2, 3], before: [], undeclared: [], doubled: 0, gaps: 1 })
  })

  it('takes all frames for lost that a gap before the end swallowed', () => {
    const tally = createTally()
    tally.add(event(7))
    tally.gap()
    tally.add(event(9, 'encoding'))
    expect(tally.count()).toMatchObject({ seen: [7], lost: [8, 9] })
  })

  it('takes the frames before the first event for rendered before', () => {
    const tally = createTally()
    tally.add(event(3))
    expect(tally.count()).toMatchObject({ seen: [3], before: [1, 2], lost: [], undeclared: [] })
  })

  it('catches a frame that comes twice, and one that is passed over without a gap', () => {
    const tally = createTally()
    for (const number of [1, 2, 2, 4]) tally.add(event(number))
    expect(tally.count()).toMatchObject({ seen: [1, 2, 4], doubled: 1, undeclared: [3], lost: [] })
  })

  it('shows numbers as runs', () => {
    expect(runsOf([7, 1, 2, 3])).toEqual([
      [1, 3],
      [7, 7],
    ])
    expect(namesOf([7, 1, 2, 3])).toBe('1–3, 7')
  })
})
