import { createEvent } from './create-event.ts'
import { defineStream } from './define-stream.ts'
import { fieldsOf, hasNumbers, isString } from './untrusted.ts'
import { update } from './update.ts'
import { segment } from './url.ts'

import type { FieldsOf } from './create-event.ts'

export interface ABTestVariant {
  readonly id: string
  readonly clicks: number
  readonly impressions: number
  readonly ctr: number
  readonly conversions: number
  readonly confidence: number
}

export interface ABTestResultsEvent {
  readonly type: 'ab_test_results'
  readonly testId: string
  readonly variants: readonly ABTestVariant[]
  /** ID of a variant; none while it is open. */
  readonly winner?: string | null | undefined
  /** ISO 8601. */
  readonly timestamp: string
}

export interface ABTestState {
  readonly variants: readonly ABTestVariant[]
  readonly winner?: string | undefined
}

const maxVariants = 100

/** Results of an A/B test: its last event, with at most 100 variants. */
export const abTest = /* @__PURE__ */ defineStream<{ readonly testId: string }, ABTestResultsEvent, ABTestState>({
  name: 'ab_test_results',
  path: ({ testId }) => `/api/stream/ab-test-results/${segment(testId)}`,
  channel: ({ testId: id }) => ({ type: 'ab_test_results', id }),
  initial: { variants: [] },
  reduce(state, event) {
    const { type, variants, winner } = fieldsOf(event)
    return type === 'ab_test_results' && Array.isArray(variants) && variants.every(isVariant) && isString(winner ?? '')
      ? update(state, { variants: variants.slice(0, maxVariants), winner: winner ?? undefined })
      : state
  },
})

const isVariant = (variant: ABTestVariant) =>
  isString(fieldsOf(variant).id) && hasNumbers(variant, 'clicks', 'impressions', 'ctr', 'conversions', 'confidence')

export const createABTestResultsEvent = (
  fields: FieldsOf<ABTestResultsEvent>,
  timestamp?: string,
): ABTestResultsEvent => createEvent('ab_test_results', fields, timestamp)
