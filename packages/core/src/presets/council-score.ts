import { createEvent } from './create-event.ts'
import { defineStream } from './define-stream.ts'
import { stagesWith } from './stages.ts'
import { areStrings, fieldsOf, isNumber, isString } from './untrusted.ts'
import { update } from './update.ts'

import type { FieldsOf } from './create-event.ts'

export type CouncilModel = 'gemini' | 'claude' | 'gpt4' | 'perplexity' | (string & {})

/** What one model thinks, and with `isComplete` its verdict. */
export interface CouncilModelEvent {
  readonly type: 'council_score_stream'
  readonly stage: string
  readonly model: CouncilModel
  readonly thinking: string
  readonly score?: number | undefined
  readonly reasoning?: string | undefined
  readonly finalScore?: undefined
  readonly isComplete: boolean
  /** ISO 8601. */
  readonly timestamp: string
}

/** The last event. */
export interface CouncilFinalEvent {
  readonly type?: 'council_score_stream'
  readonly stage: 'complete'
  readonly model?: undefined
  readonly thinking?: undefined
  readonly score?: undefined
  readonly reasoning?: undefined
  readonly finalScore: CouncilFinalScore
  readonly isComplete: true
  /** ISO 8601. */
  readonly timestamp: string
}

export type CouncilScoreEvent = CouncilModelEvent | CouncilFinalEvent

export interface CouncilFinalScore {
  readonly composite: number
  readonly psychology: { readonly composite: number }
  readonly hookStrength: { readonly strength: number }
  readonly novelty: { readonly composite: number }
}

export interface CouncilStage {
  readonly thinking: string
  readonly score?: number | undefined
  readonly reasoning?: string | undefined
}

export interface CouncilScoreState {
  /** By model. */
  readonly stages: Readonly<Record<string, CouncilStage>>
  readonly currentStage?: string | undefined
  readonly finalScore?: CouncilFinalScore | undefined
}

export interface CouncilScoreParams {
  readonly videoUrl: string
  /** It travels in the URL, of which servers take some 8,000 to 16,000 characters. */
  readonly transcript: string
  readonly features?: string | undefined
}

const name = 'council_score_stream'

/** The score of a video by several models, at most 32: what each has said last, and the score they come to. */
export const councilScore = /* @__PURE__ */ defineStream<CouncilScoreParams, CouncilScoreEvent, CouncilScoreState>({
  name,
  path: ({ videoUrl, transcript, features }) =>
    `/api/stream/council-score?${String(new URLSearchParams({ videoUrl, transcript, ...(features && { features }) }))}`,
  from: 'start',
  initial: { stages: {} },
  reduce(state, event) {
    const { type, stage: currentStage, model, thinking, score = 0, reasoning = '', finalScore } = fieldsOf(event)
    if ((type ?? name) !== name || !isString(currentStage)) return state
    if (model === undefined) return isFinal(finalScore) ? update(state, { currentStage, finalScore }) : state
    if (!areStrings(model, thinking, reasoning) || !isNumber(score)) return state
    const stages = stagesWith(state.stages, model, { thinking, score: event.score, reasoning: event.reasoning })
    return stages ? update(state, { currentStage, stages }) : state
  },
  isComplete: ({ stage, model }) => stage === 'complete' && model === undefined,
})

function isFinal(given: CouncilFinalScore | undefined): given is CouncilFinalScore {
  const { composite, psychology, hookStrength, novelty } = fieldsOf(given)
  return [composite, psychology?.composite, hookStrength?.strength, novelty?.composite].every(isNumber)
}

export const createCouncilScoreEvent = (fields: FieldsOf<CouncilScoreEvent>, timestamp?: string): CouncilScoreEvent =>
  createEvent(name, fields, timestamp)
