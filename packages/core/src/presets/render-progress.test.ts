import { describe, expect, expectTypeOf, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { createRenderProgressEvent, renderProgress } from './render-progress.ts'

import type { RenderStage } from './render-progress.ts'

const at = '2026-01-01T00:00:00.000Z'
const fields = { jobId: 'job_1', currentFrame: 0, totalFrames: 300, progress: 0, fps: 0, estimatedTimeRemaining: 0 }
const event = (stage: RenderStage, progress: number, currentFrame: number) =>
  createRenderProgressEvent({ ...fields, stage, progress, currentFrame, fps: 30, estimatedTimeRemaining: 9 }, at)

describe('renderProgress', () => {
  it('goes through its stages', () => {
    const events = [
      event('preparing', 0, 0),
      event('rendering', 0.45, 150),
      event('encoding', 0.9, 300),
      event('uploading', 0.99, 300),
      event('complete', 1, 300),
    ]
    const rest = { totalFrames: 300, fps: 30, estimatedTime: 9 }
    expect(renderProgress.initial).toEqual({ progress: 0 })
    expect(reduceAll(renderProgress, events)).toEqual([
      { progress: 0, stage: 'preparing', currentFrame: 0, ...rest },
      { progress: 0.45, stage: 'rendering', currentFrame: 150, ...rest },
      { progress: 0.9, stage: 'encoding', currentFrame: 300, ...rest },
      { progress: 0.99, stage: 'uploading', currentFrame: 300, ...rest },
      { progress: 1, stage: 'complete', currentFrame: 300, ...rest },
    ])
    expect(events.map((each) => renderProgress.isComplete?.(each))).toEqual([false, false, false, false, true])
  })

  it('ignores a stage that it does not know, and a number that is none', () => {
    const states = reduceAll(renderProgress, [
      { ...event('rendering', 0.5, 150), stage: 'dreaming' },
      { ...event('rendering', 0.5, 150), fps: null },
      { ...event('rendering', 0.5, 150), currentFrame: Infinity },
    ])
    expect(states.every((state) => state === renderProgress.initial)).toBe(true)
  })

  it('has a place, a channel, and begins at the start', () => {
    expect(renderProgress.path({ jobId: 'job_1' })).toBe('/api/stream/render-progress/job_1')
    expect(renderProgress.channel?.({ jobId: 'job_1' })).toEqual({ type: 'video_render', id: 'job_1' })
    expect(renderProgress.from).toBe('start')
  })

  it('knows five stages', () => {
    expectTypeOf<RenderStage>().toEqualTypeOf<'preparing' | 'rendering' | 'encoding' | 'uploading' | 'complete'>()
    // @ts-expect-error there is no such stage
    expect(event('dreaming', 0, 0)).toHaveProperty('type', 'video_render_progress')
  })
})
