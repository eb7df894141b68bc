import { createEvent } from './create-event.ts'
import { defineStream } from './define-stream.ts'
import { stagesWith } from './stages.ts'
import { areNumbers, fieldsOf, isNumber, isString } from './untrusted.ts'
import { update } from './update.ts'

import type { FieldsOf } from './create-event.ts'

type Scores = Readonly<Record<string, number>>

/** What one stage of the evaluation has found so far. */
export interface CreativeStageEvent {
  readonly type: 'creative_evaluation'
  readonly stage: string
  readonly text: string
  readonly scores?: Scores | undefined
  readonly result?: undefined
  /** Whether the stage is over. */
  readonly isComplete: boolean
  /** ISO 8601. */
  readonly timestamp: string
}

/** The last event. */
export interface CreativeResultEvent {
  readonly type: 'creative_evaluation'
  readonly stage: 'complete'
  readonly text?: undefined
  readonly scores?: undefined
  readonly result: CreativeResult
  readonly isComplete: true
  /** ISO 8601. */
  readonly timestamp: string
}

export type CreativeEvaluationEvent = CreativeStageEvent | CreativeResultEvent

export interface CreativeResult {
  readonly score: number
  readonly scores: Scores
  readonly summary: string
}

export interface CreativeStage {
  readonly text: string
  readonly scores?: Scores | undefined
}

export interface CreativeEvaluationState {
  /** By name. */
  readonly stages: Readonly<Record<string, CreativeStage>>
  readonly currentStage?: string | undefined
  readonly finalResult?: CreativeResult | undefined
}

export interface CreativeEvaluationParams {
  /** It travels in the URL, of which servers take some 8,000 to 16,000 characters. */
  readonly content: string
  /** What kind of content that is: `script`. */
  readonly type: string
}

const name = 'creative_evaluation'

/** The evaluation of an advertisement, stage by stage, at most 32: what each has said last, and the result. */
export const creativeEvaluation = /* @__PURE__ */ defineStream<
  CreativeEvaluationParams,
  CreativeEvaluationEvent,
  CreativeEvaluationState
>({
  name,
  path: ({ content, type }) => `/api/stream/evaluate-creative?${String(new URLSearchParams({ content, type }))}`,
  from: 'start',
  initial: { stages: {} },
  reduce(state, event) {
    const { type, stage, text, scores, result } = fieldsOf(event)
    if (type !== name || !isString(stage)) return state
    if (stage === 'complete')
      return isFinal(result) ? update(state, { currentStage: stage, finalResult: result }) : state
    if (!isString(text) || (scores !== undefined && !areNumbers(scores))) return state
    const stages = stagesWith(state.stages, stage, { text, scores })
    return stages ? update(state, { currentStage: stage, stages }) : state
  },
  isComplete: ({ stage }) => stage === 'complete',
})

function isFinal(given: CreativeResult | undefined): given is CreativeResult {
  const { score, summary, scores } = fieldsOf(given)
  return isNumber(score) && isString(summary) && areNumbers(scores)
}

export const createCreativeEvaluationEvent = (
  fields: FieldsOf<CreativeEvaluationEvent>,
  timestamp?: string,
): CreativeEvaluationEvent => createEvent(name, fields, timestamp)
