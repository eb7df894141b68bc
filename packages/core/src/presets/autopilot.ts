import { isoTime } from '../env.ts'
import { defineStream } from './define-stream.ts'
import { areStrings, clamp, fieldsOf, hasNumbers, isNumber } from './untrusted.ts'
import { update } from './update.ts'

import type { FieldsOf } from './create-event.ts'

const steps = ['search', 'strategy', 'outline', 'done', 'error'] as const

/** In the order in which they come; `error` ends the task at any of them. */
export type AutopilotStep = (typeof steps)[number]

export interface AutopilotStats {
  readonly hits: number
  readonly verified: number
  readonly sections: number
}

export interface AutopilotEvent {
  readonly step: AutopilotStep
  /** From 0 to 100. */
  readonly progress: number
  readonly stats?: AutopilotStats | undefined
  /** The document that was made. */
  readonly docId?: string | undefined
  readonly message?: string | undefined
  /** ISO 8601. */
  readonly timestamp?: string | undefined
}

export interface AutopilotState {
  readonly step?: AutopilotStep | undefined
  readonly progress: number
  readonly stats?: AutopilotStats | undefined
  readonly docId?: string | undefined
  /** Of the last event. */
  readonly message?: string | undefined
}

/** A writing task: its last event; `stats` and `docId` stay until there are others. */
export const autopilot = /* @__PURE__ */ defineStream<{ readonly taskId: string }, AutopilotEvent, AutopilotState>({
  name: 'autopilot',
  path: ({ taskId }) => `/api/autopilot/stream?taskId=${encodeURIComponent(taskId)}`,
  from: 'start',
  initial: { progress: 0 },
  reduce(state, event) {
    const { step, progress, message, ...result } = fieldsOf(event)
    const docId = result.docId ?? state.docId
    const stats = result.stats ?? state.stats
    return steps.includes(step) &&
      isNumber(progress) &&
      areStrings(docId ?? '', message ?? '') &&
      (stats === undefined || hasNumbers(stats, 'hits', 'verified', 'sections'))
      ? update(state, { step, progress: clamp(progress, 100), stats, docId, message: message ?? undefined })
      : state
  },
  isComplete: ({ step }) => step === 'done',
  failure: ({ step, message }) => (step === 'error' ? message || 'task failed' : undefined),
})

export const createAutopilotEvent = (
  fields: FieldsOf<AutopilotEvent>,
  timestamp: string = isoTime(),
): AutopilotEvent => ({ ...fields, timestamp })
