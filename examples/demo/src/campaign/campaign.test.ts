import { describe, expect, it } from 'vitest'
import { createABTest } from './ab-results.ts'
import { createAlertRules } from './alert-rules.ts'
import { createClickLog, nothing } from './click-log.ts'
import { changeOf, metricsOf, sumOf } from './metrics.ts'
import { visit } from './traffic.ts'

const line = (variant: string, counts: object, at = 0) => ({ ...nothing, at, variant, ...counts })

describe('the click log', () => {
  it('adds up by variant, and by time', () => {
    const log = createClickLog()
    log.append([line('A', { impressions: 10, clicks: 1 }, 100), line('B', { impressions: 12 }, 100)])
    log.append([line('A', { impressions: 5, clicks: 2 }, 200)])
    expect(log.totals().get('A')).toMatchObject({ impressions: 15, clicks: 3 })
    expect(log.since(100)).toMatchObject({ impressions: 5, clicks: 2 })
  })

  it('keeps the totals of lines that it has let go', () => {
    const log = createClickLog()
    for (let tick = 0; tick < 7000; tick++) log.append([line('A', { impressions: 1 }, tick)])
    expect(log.recent().length).toBeLessThan(7000)
    expect(log.totals().get('A')?.impressions).toBe(7000)
  })
})

describe('metrics', () => {
  it('are rates of the counts, and none of nothing', () => {
    expect(metricsOf({ impressions: 200, clicks: 5, conversions: 1, spend: 1.2, revenue: 3 })).toEqual({
      impressions: 200,
      clicks: 5,
      ctr: 0.025,
      spend: 1.2,
      conversions: 1,
      roas: 2.5,
    })
    expect(metricsOf(nothing)).toMatchObject({ ctr: 0, roas: 0 })
  })

  it('change by what has come since', () => {
    const before = metricsOf({ ...nothing, impressions: 100, clicks: 2 })
    const now = metricsOf({ ...nothing, impressions: 150, clicks: 6 })
    expect(changeOf(now, before)).toMatchObject({ impressions: 50, clicks: 4, ctr: 0.02 })
    expect(changeOf(now, undefined)).toMatchObject({ impressions: 150, clicks: 6 })
  })
})

describe('visitors', () => {
  it('do by lot what they are like, and every one of them is in the log', () => {
    const variants = [
      { id: 'A', clickRate: 1, buyRate: 0 },
      { id: 'B', clickRate: 0, buyRate: 1 },
    ]
    let lot = 0
    const lines = visit({ variants, impressionsPerSecond: 100, interest: 1 }, 2, 7, () => (lot = (lot + 0.37) % 1))
    expect(sumOf(lines)).toMatchObject({ impressions: 200, conversions: 0 })
    expect(lines.map(({ clicks, impressions }) => clicks === impressions)).toEqual([true, false])
    expect(lines.every(({ at }) => at === 7)).toBe(true)
  })
})

describe('the results of an A/B test', () => {
  it('have a winner once it is sure, and keep it', () => {
    const test = createABTest()
    const look = (a: object, b: object) =>
      test.look(
        new Map([
          ['A', { ...nothing, ...a }],
          ['B', { ...nothing, ...b }],
        ]),
      )
    expect(look({ impressions: 100, clicks: 3 }, { impressions: 100, clicks: 5 }).winner).toBeUndefined()
    expect(look({ impressions: 5000, clicks: 150 }, { impressions: 5000, clicks: 260 }).winner).toBe('B')
    const later = look({ impressions: 6000, clicks: 240 }, { impressions: 6000, clicks: 265 })
    expect(later.winner).toBe('B')
    expect(later.variants.every(({ confidence }) => confidence > 0.95)).toBe(true)
  })
})

describe('alert rules', () => {
  const thresholds = { minCtr: 0.02, budget: 100, maxImpressionsPerSecond: 200 }
  const calm = { ctr: 0.03, ctrImpressions: 1000, spend: 10, impressionsPerSecond: 90, winner: undefined }

  it('raise an alert when a bound is crossed, once, and again after the figure was back', () => {
    const rules = createAlertRules()
    const titles = (readings: object) =>
      rules.check({ ...calm, ...readings }, thresholds).map(({ rule, severity }) => `${rule} ${severity}`)
    expect(titles({})).toEqual([])
    expect(titles({ ctr: 0.019 })).toEqual(['ctr warning'])
    expect(titles({ ctr: 0.018 })).toEqual([])
    // Just above the bound is not back: the figure trembles.
    expect(titles({ ctr: 0.0205 })).toEqual([])
    expect(titles({ ctr: 0.019 })).toEqual([])
    expect(titles({ ctr: 0.03 })).toEqual([])
    expect(titles({ ctr: 0.01 })).toEqual(['ctr warning'])
  })

  it('tell each bound, and ask for action where money is gone', () => {
    const raised = createAlertRules().check(
      { ctr: 0.001, ctrImpressions: 500, spend: 101, impressionsPerSecond: 400, winner: 'B' },
      thresholds,
    )
    expect(raised.map(({ rule, actionRequired }) => [rule, actionRequired])).toEqual([
      ['ctr', false],
      ['budget', true],
      ['traffic', false],
      ['winner', false],
    ])
  })

  it('wait for enough visitors before they judge a rate', () => {
    expect(createAlertRules().check({ ...calm, ctr: 0, ctrImpressions: 50 }, thresholds)).toEqual([])
  })
})
