import { createEvent } from './create-event.ts'
import { defineStream } from './define-stream.ts'
import { clamp, fieldsOf, isNumber } from './untrusted.ts'
import { update } from './update.ts'
import { segment } from './url.ts'

import type { FieldsOf } from './create-event.ts'

const name = 'video_render_progress'
const stages = ['preparing', 'rendering', 'encoding', 'uploading', 'complete'] as const

/** In the order in which they come. */
export type RenderStage = (typeof stages)[number]

export interface RenderProgressEvent {
  readonly type: 'video_render_progress'
  readonly jobId: string
  readonly currentFrame: number
  readonly totalFrames: number
  /** From 0 to 1. */
  readonly progress: number
  readonly fps: number
  /** Seconds. */
  readonly estimatedTimeRemaining: number
  readonly stage: RenderStage
  /** ISO 8601. */
  readonly timestamp: string
}

/** Nothing but a progress of 0 before the first event. */
export interface RenderProgressState {
  readonly progress: number
  readonly stage?: RenderStage | undefined
  readonly currentFrame?: number | undefined
  readonly totalFrames?: number | undefined
  readonly fps?: number | undefined
  /** Seconds. */
  readonly estimatedTime?: number | undefined
}

/** Progress of the rendering of a video: its last event. Complete with the stage of that name. */
export const renderProgress = /* @__PURE__ */ defineStream<
  { readonly jobId: string },
  RenderProgressEvent,
  RenderProgressState
>({
  name,
  path: ({ jobId }) => `/api/stream/render-progress/${segment(jobId)}`,
  channel: ({ jobId: id }) => ({ type: 'video_render', id }),
  from: 'start',
  initial: { progress: 0 },
  reduce(state, event) {
    const {
      type,
      stage,
      progress,
      currentFrame,
      totalFrames,
      fps,
      estimatedTimeRemaining: estimatedTime,
    } = fieldsOf(event)
    return type === name &&
      stages.includes(stage) &&
      [progress, currentFrame, totalFrames, fps, estimatedTime].every(isNumber)
      ? update(state, { progress: clamp(progress, 1), stage, currentFrame, totalFrames, fps, estimatedTime })
      : state
  },
  isComplete: ({ stage }) => stage === 'complete',
})

export const createRenderProgressEvent = (
  fields: FieldsOf<RenderProgressEvent>,
  timestamp?: string,
): RenderProgressEvent => createEvent(name, fields, timestamp)
