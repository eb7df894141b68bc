import { describe, expect, expectTypeOf, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { createLiveMetricsEvent, liveMetrics } from './live-metrics.ts'

const at = '2026-01-01T00:00:00.000Z'
const event = (metrics: unknown) => ({
  ...createLiveMetricsEvent({ entityId: 'c1', entityType: 'campaign', metrics: {} }, at),
  metrics,
})

describe('liveMetrics', () => {
  it('shows the metrics of the last event', () => {
    expect(liveMetrics.initial).toEqual({})
    expect(reduceAll(liveMetrics, [event({ viewers: 1 }), event({ viewers: 2, likes: 1 }), event({})])).toEqual([
      { metrics: { viewers: 1 } },
      { metrics: { viewers: 2, likes: 1 } },
      { metrics: {} },
    ])
  })

  it('stays the same object for equal metrics', () => {
    const [once, twice] = reduceAll(liveMetrics, [event({ viewers: 1 }), event({ viewers: 1 })])
    expect(twice).toBe(once)
  })

  it('takes nothing but an object of numbers', () => {
    const bad = [undefined, null, 'abc', 7, [1, 2], { viewers: '1' }, { viewers: null }, { viewers: Infinity }]
    expect(reduceAll(liveMetrics, bad.map(event)).every((state) => state === liveMetrics.initial)).toBe(true)
  })

  it('has a place and a channel', () => {
    expect(liveMetrics.path({ id: 'c1', entityType: 'campaign' })).toBe('/api/stream/live-metrics/campaign/c1')
    expect(liveMetrics.channel?.({ id: 'c1', entityType: 'campaign' })).toEqual({ type: 'live_metrics', id: 'c1' })
  })

  it('is typed', () => {
    expectTypeOf(liveMetrics.path).parameter(0).toEqualTypeOf<{ readonly id: string; readonly entityType: string }>()
    // @ts-expect-error metrics are numbers
    createLiveMetricsEvent({ entityId: 'c1', entityType: 'campaign', metrics: { viewers: '1' } })
  })
})
