import { createEvent } from './create-event.ts'
import { defineStream } from './define-stream.ts'
import { areStrings, clamp, fieldsOf, isNumber } from './untrusted.ts'
import { update } from './update.ts'
import { segment } from './url.ts'

import type { FieldsOf } from './create-event.ts'

export interface JobProgressEvent {
  readonly type: 'job_progress'
  readonly jobId: string
  /** Jobs end as `completed` or `failed`; a server may have names of its own for what comes before. */
  readonly status: 'queued' | 'processing' | 'completed' | 'failed' | (string & {})
  readonly stage: string
  /** From 0 to 1. */
  readonly progress: number
  readonly message: string
  /** ISO 8601. */
  readonly timestamp: string
}

export interface JobProgressState {
  readonly progress: number
  readonly status?: JobProgressEvent['status'] | undefined
  readonly stage?: string | undefined
  readonly message?: string | undefined
}

/** Progress of a job: its last event. Complete once the job has completed or failed. */
export const jobProgress = /* @__PURE__ */ defineStream<{ readonly jobId: string }, JobProgressEvent, JobProgressState>(
  {
    name: 'job_progress',
    path: ({ jobId }) => `/api/stream/job-progress/${segment(jobId)}`,
    channel: ({ jobId: id }) => ({ type: 'job_progress', id }),
    from: 'start',
    initial: { progress: 0 },
    reduce(state, event) {
      const { type, status, stage, message, progress } = fieldsOf(event)
      return type === 'job_progress' && areStrings(status, stage, message) && isNumber(progress)
        ? update(state, { progress: clamp(progress, 1), status, stage, message })
        : state
    },
    isComplete: ({ status }) => status === 'completed' || status === 'failed',
  },
)

export const createJobProgressEvent = (fields: FieldsOf<JobProgressEvent>, timestamp?: string): JobProgressEvent =>
  createEvent('job_progress', fields, timestamp)
