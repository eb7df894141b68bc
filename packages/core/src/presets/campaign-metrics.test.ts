import { describe, expect, expectTypeOf, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { campaignMetrics, createCampaignMetricsEvent } from './campaign-metrics.ts'

import type { CampaignMetricsState } from './campaign-metrics.ts'

const at = '2026-01-01T00:00:00.000Z'
const metrics = { impressions: 1000, clicks: 20, ctr: 0.02, spend: 12.5, conversions: 2, roas: 3.1 }
const change = { impressions: 10, clicks: 1, ctr: 0.001, spend: 0.5 }
const event = createCampaignMetricsEvent({ campaignId: 'c1', metrics, change }, at)

describe('campaignMetrics', () => {
  it('shows the last event', () => {
    const more = { ...metrics, clicks: 21 }
    expect(campaignMetrics.initial).toEqual({})
    expect(reduceAll(campaignMetrics, [event, { ...event, metrics: more }])).toEqual([
      { metrics, change },
      { metrics: more, change },
    ])
  })

  it('keeps what else there is in them', () => {
    const wide = { ...metrics, currency: 'EUR' }
    expect(reduceAll(campaignMetrics, [{ ...event, metrics: wide }])).toEqual([{ metrics: wide, change }])
  })

  it('stays the same object for equal metrics of another time', () => {
    const [once, twice] = reduceAll(campaignMetrics, [
      event,
      { ...event, metrics: { ...metrics }, timestamp: '2026-01-01T00:00:02.000Z' },
    ])
    expect(twice).toBe(once)
  })

  it('takes nothing of an event with a part missing, or nested too deep to compare', () => {
    let deep: unknown = []
    for (let depth = 0; depth < 100_000; depth++) deep = [deep]
    const { roas: _, ...five } = metrics
    for (const bad of [five, { ...metrics, roas: '3' }, [metrics], null, { ...metrics, deep }]) {
      expect(campaignMetrics.reduce(campaignMetrics.initial, { ...event, metrics: bad as never })).toBe(
        campaignMetrics.initial,
      )
    }
  })

  it('has a place and a channel, begins now, and never completes by itself', () => {
    expect(campaignMetrics.path({ campaignId: 'c1' })).toBe('/api/stream/campaign-metrics/c1')
    expect(campaignMetrics.channel?.({ campaignId: 'c1' })).toEqual({ type: 'campaign_metrics', id: 'c1' })
    expect([campaignMetrics.from, campaignMetrics.isComplete]).toEqual([undefined, undefined])
  })

  it('is typed', () => {
    expectTypeOf(campaignMetrics.initial).toEqualTypeOf<CampaignMetricsState>()
    // @ts-expect-error a metric is missing
    createCampaignMetricsEvent({ campaignId: 'c1', metrics: change, change })
  })
})
