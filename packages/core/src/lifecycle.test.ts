import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { stubPage, watch } from '../test/support/watch-page.ts'
import { systemClock } from './env.ts'

afterEach(() => void vi.unstubAllGlobals())

describe('the network', () => {
  test('trap 25: being offline is told, and being online again, with a hint', () => {
    const { fire } = stubPage()
    const { told } = watch()
    fire('offline')
    fire('offline')
    fire('online')
    expect(told).toEqual(['pause offline', 'resume offline', 'hint online'])
  })

  test('is told at once where the page is offline already', () => {
    const { fire } = stubPage({ onLine: false })
    const { told } = watch()
    expect(told).toEqual(['pause offline'])
    fire('online')
    expect(told.slice(1)).toEqual(['resume offline', 'hint online'])
  })

  test('back without having gone is a hint only', () => {
    const { fire } = stubPage()
    const { told } = watch()
    fire('online')
    expect(told).toEqual(['hint online'])
  })
})

describe('the back/forward cache', () => {
  test('trap 52: pauses with pagehide, and resumes with pageshow', () => {
    const { fire } = stubPage()
    const { told } = watch()
    fire('pagehide', { persisted: true })
    fire('pageshow', { persisted: true })
    expect(told).toEqual(['pause bfcache', 'resume bfcache', 'hint pageshow'])
  })

  test('has nothing to do with the pageshow of a page that loads', () => {
    const { fire } = stubPage()
    const { told } = watch()
    fire('pageshow', { persisted: false })
    expect(told).toEqual([])
  })

  test('comes with a freeze inside, as in Chromium', () => {
    const { fire, fireDocument } = stubPage()
    const { told } = watch()
    fire('pagehide', { persisted: true })
    fireDocument('freeze')
    fireDocument('resume')
    fire('pageshow', { persisted: true })
    expect(told).toEqual([
      'pause bfcache',
      'pause frozen',
      'resume frozen',
      'hint wake',
      'resume bfcache',
      'hint pageshow',
    ])
  })

  test('trap 52: is kept open by listening to neither unload nor beforeunload', () => {
    const { listeners } = stubPage()
    watch()
    expect(listeners().sort()).toEqual([
      'freeze',
      'offline',
      'online',
      'pagehide',
      'pageshow',
      'resume',
      'visibilitychange',
    ])
  })
})

describe('a hidden tab', () => {
  test('goes on by default', async () => {
    const { show } = stubPage()
    const { told, clock } = watch()
    show(false)
    await clock.advance(3_600_000)
    show(true)
    expect(told).toEqual([])
  })

  test('pauses after the time that was asked for, and resumes when it is seen', async () => {
    const { show } = stubPage()
    const { told, clock } = watch({ whenHidden: { pauseAfterMs: 5000 } })
    await clock.advance(1)
    show(false)
    await clock.advance(4999)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toEqual(['pause hidden'])
    show(true)
    expect(told.slice(1)).toEqual(['resume hidden'])
  })

  test('that is seen in time does not pause, and its time begins anew', async () => {
    const { show } = stubPage()
    const { told, clock } = watch({ whenHidden: { pauseAfterMs: 5000 } })
    show(false)
    await clock.advance(4000)
    show(true)
    await clock.advance(4000)
    show(false)
    await clock.advance(4999)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toEqual(['pause hidden'])
  })

  test('that was hidden from the start pauses, too', async () => {
    stubPage({ hidden: true })
    const { told, clock } = watch({ whenHidden: { pauseAfterMs: 5000 } })
    await clock.advance(5000)
    expect(told).toEqual(['pause hidden'])
  })
})

describe('the end of the watch', () => {
  test('trap 55: leaves no listener and no timer', async () => {
    const { show, listeners } = stubPage()
    const { clock, stop } = watch({ whenHidden: { pauseAfterMs: 5000 } })
    show(false)
    await clock.advance(25_000)
    show(true)
    show(false)
    expect([listeners().length, clock.pending]).toEqual([7, 2])
    stop()
    stop()
    expect([listeners(), clock.pending]).toEqual([[], 0])
  })

  test('leaves no timer of the runtime', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { stop } = watch({ clock: systemClock })
    expect(vi.getTimerCount()).toBe(1)
    stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('tells nothing more, not even what was about to follow', () => {
    const { fire } = stubPage({ onLine: false })
    const told: string[] = []
    const { stop } = watch({
      on(...event) {
        told.push(event.join(' '))
        if (event[0] === 'resume') stop()
      },
    })
    fire('online')
    fire('offline')
    expect(told).toEqual(['pause offline', 'resume offline'])
  })

  test('of one leaves the others', () => {
    const { fire } = stubPage()
    const first = watch()
    const second = watch()
    first.stop()
    fire('offline')
    expect([first.told, second.told]).toEqual([[], ['pause offline']])
  })
})
