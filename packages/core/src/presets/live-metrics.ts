import { createEvent } from './create-event.ts'
import { defineStream } from './define-stream.ts'
import { areNumbers, fieldsOf } from './untrusted.ts'
import { update } from './update.ts'
import { segment } from './url.ts'

import type { FieldsOf } from './create-event.ts'

export interface LiveMetricsEvent {
  readonly type: 'live_metrics'
  readonly entityId: string
  /** What it is that is measured: `campaign`. */
  readonly entityType: string
  readonly metrics: Readonly<Record<string, number>>
  /** ISO 8601. */
  readonly timestamp: string
}

export interface LiveMetricsState {
  readonly metrics?: Readonly<Record<string, number>> | undefined
}

/** Any numbers of any entity, as the last event has them, and as many. */
export const liveMetrics = /* @__PURE__ */ defineStream<
  { readonly id: string; readonly entityType: string },
  LiveMetricsEvent,
  LiveMetricsState
>({
  name: 'live_metrics',
  path: ({ id, entityType }) => `/api/stream/live-metrics/${segment(entityType)}/${segment(id)}`,
  channel: ({ id }) => ({ type: 'live_metrics', id }),
  initial: {},
  reduce(state, event) {
    const { type, metrics } = fieldsOf(event)
    return type === 'live_metrics' && areNumbers(metrics) ? update(state, { metrics }) : state
  },
})

export const createLiveMetricsEvent = (fields: FieldsOf<LiveMetricsEvent>, timestamp?: string): LiveMetricsEvent =>
  createEvent('live_metrics', fields, timestamp)
