import { describe, expect, expectTypeOf, it } from 'vitest'

import { reduceAll } from '../../test/support/reduce-all.ts'
import { alerts, createAlertEvent, dismissAlert, maxAlerts } from './alerts.ts'

import type { AlertEvent } from './alerts.ts'

const at = '2026-01-01T00:00:00.000Z'
const alert = (alertId: string): AlertEvent =>
  createAlertEvent('warning', 'budget', 'Budget', 'Nearly spent', { alertId, timestamp: at })
const idsOf = (state: typeof alerts.initial | undefined) => state?.alerts.map(({ alertId }) => alertId)

describe('alerts', () => {
  it('puts the latest first', () => {
    const states = reduceAll(alerts, [alert('a'), alert('b'), alert('c')])
    expect(states.map(idsOf)).toEqual([['a'], ['b', 'a'], ['c', 'b', 'a']])
    expect(states[0]?.alerts).toEqual([alert('a')])
  })

  it('shows an alert once: the state stays the same object when it comes again', () => {
    const [, before, again] = reduceAll(alerts, [alert('a'), alert('b'), { ...alert('a'), title: 'Again' }])
    expect(again).toBe(before)
  })

  it('drops the oldest of more than 100', () => {
    const events = Array.from({ length: maxAlerts + 2 }, (_, n) => alert(`a${n}`))
    const ids = idsOf(reduceAll(alerts, events).at(-1))
    expect(maxAlerts).toBe(100)
    expect([ids?.length, ids?.[0], ids?.at(-1)]).toEqual([100, 'a101', 'a2'])
  })

  it('takes what a database writes for nothing, and nothing else that is no string', () => {
    const [withNull] = reduceAll(alerts, [{ ...alert('a'), entityId: null, entityType: null }])
    expect(idsOf(withNull)).toEqual(['a'])
    const bad = [{ entityId: 7 }, { actionRequired: 'yes' }, { alertId: undefined }, { type: 'alarm' }]
    const states = reduceAll(
      alerts,
      bad.map((each) => ({ ...alert('a'), ...each })),
    )
    expect(states.every((state) => state === alerts.initial)).toBe(true)
  })

  it('has a place and a channel of the user', () => {
    expect(alerts.path({ userId: 'u1' })).toBe('/api/stream/alerts/u1')
    expect(alerts.channel?.({ userId: 'u1' })).toEqual({ type: 'alerts', userId: 'u1' })
  })
})

describe('dismissAlert', () => {
  it('takes one alert out, and leaves a state without it as it is', () => {
    const [, both] = reduceAll(alerts, [alert('a'), alert('b')])
    const one = dismissAlert(both ?? alerts.initial, 'a')
    expect(idsOf(one)).toEqual(['b'])
    expect(dismissAlert(one, 'a')).toBe(one)
  })
})

describe('createAlertEvent', () => {
  it('fills in an ID of its own, the time, and that nothing is to be done', () => {
    const before = new Date().toISOString()
    const one = createAlertEvent('info', 'jobs', 'Done', 'Your video is ready')
    const other = createAlertEvent('info', 'jobs', 'Done', 'Your video is ready')
    expect(one).toMatchObject({
      type: 'alert',
      severity: 'info',
      category: 'jobs',
      title: 'Done',
      actionRequired: false,
    })
    expect(one.alertId).toMatch(/^alert_[\da-f]{24}$/)
    expect(other.alertId).not.toBe(one.alertId)
    expect(one.timestamp >= before && one.timestamp <= new Date().toISOString()).toBe(true)
  })

  it('says what it is about', () => {
    const about = { actionRequired: true, entityId: 'c1', entityType: 'campaign', alertId: 'a', timestamp: at }
    expect(createAlertEvent('critical', 'budget', 'Spent', 'No budget left', about)).toEqual({
      type: 'alert',
      severity: 'critical',
      category: 'budget',
      title: 'Spent',
      message: 'No budget left',
      ...about,
    })
  })

  it('is typed', () => {
    expectTypeOf(createAlertEvent).returns.toEqualTypeOf<AlertEvent>()
    // @ts-expect-error it is yes or no
    createAlertEvent('info', 'jobs', 'Done', 'Ready', { actionRequired: 'yes' })
  })
})
