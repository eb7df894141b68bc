import { createEvent } from './create-event.ts'
import { defineStream } from './define-stream.ts'
import { fieldsOf, hasNumbers } from './untrusted.ts'
import { update } from './update.ts'
import { segment } from './url.ts'

import type { FieldsOf } from './create-event.ts'

export interface CampaignMetrics {
  readonly impressions: number
  readonly clicks: number
  readonly ctr: number
  readonly spend: number
  readonly conversions: number
  readonly roas: number
}

/** Since the event before. */
export interface CampaignChange {
  readonly impressions: number
  readonly clicks: number
  readonly ctr: number
  readonly spend: number
  readonly conversions?: number | undefined
  readonly roas?: number | undefined
}

export interface CampaignMetricsEvent {
  readonly type: 'campaign_metrics'
  readonly campaignId: string
  readonly metrics: CampaignMetrics
  readonly change: CampaignChange
  /** ISO 8601. */
  readonly timestamp: string
}

export interface CampaignMetricsState {
  readonly metrics?: CampaignMetrics | undefined
  readonly change?: CampaignChange | undefined
}

const names = ['impressions', 'clicks', 'ctr', 'spend', 'conversions', 'roas'] as const

/** Metrics of a campaign: its last event, as large as that is. */
export const campaignMetrics = /* @__PURE__ */ defineStream<
  { readonly campaignId: string },
  CampaignMetricsEvent,
  CampaignMetricsState
>({
  name: 'campaign_metrics',
  path: ({ campaignId }) => `/api/stream/campaign-metrics/${segment(campaignId)}`,
  channel: ({ campaignId: id }) => ({ type: 'campaign_metrics', id }),
  initial: {},
  reduce(state, event) {
    const { type, metrics, change } = fieldsOf(event)
    return type === 'campaign_metrics' &&
      hasNumbers(metrics, ...names) &&
      hasNumbers({ conversions: 0, roas: 0, ...change }, ...names)
      ? update(state, { metrics, change })
      : state
  },
})

export const createCampaignMetricsEvent = (
  fields: FieldsOf<CampaignMetricsEvent>,
  timestamp?: string,
): CampaignMetricsEvent => createEvent('campaign_metrics', fields, timestamp)
