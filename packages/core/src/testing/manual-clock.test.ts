import { describe, expect, test, vi } from 'vitest'
import { createManualClock } from './manual-clock.ts'

describe('a manual clock', () => {
  test('fires timers in order of due time, equal ones in the order in which they were set', async () => {
    const clock = createManualClock()
    const fired: string[] = []
    const note = (name: string) => () => void fired.push(`${name} at ${clock.now()}`)
    clock.after(20, note('late'))
    clock.after(10, note('first'))
    clock.after(10, note('second'))

    await clock.advance(19)
    expect(fired).toEqual(['first at 10', 'second at 10'])
    await clock.advance(1)
    expect(fired).toEqual(['first at 10', 'second at 10', 'late at 20'])
    expect(clock.pending).toBe(0)
  })

  test('fires what a timer and its promises set, within the same advance', async () => {
    const clock = createManualClock()
    const fired: number[] = []
    const again = async () => {
      await Promise.resolve()
      fired.push(clock.now())
      if (fired.length < 3) clock.after(10, () => void again())
    }
    clock.after(10, () => void again())

    await clock.advance(25)
    expect(fired).toEqual([10, 20])
    expect(clock.now()).toBe(25)
  })

  test('does not fire what was cancelled, also by a timer due at the same time', async () => {
    const clock = createManualClock()
    const cancelled = vi.fn<() => void>()
    const cancel = clock.after(5, () => cancelSecond())
    const cancelSecond = clock.after(5, cancelled)
    clock.after(5, () => cancel())

    await clock.advance(5)
    expect(cancelled).not.toHaveBeenCalled()
    expect(clock.pending).toBe(0)
  })

  test('leaves timers overdue by a jump, and fires them late', async () => {
    const clock = createManualClock({ wallNow: 1000 })
    const firedAt: number[] = []
    clock.after(10, () => firedAt.push(clock.now()))
    clock.jump(60_000)

    expect([clock.now(), clock.wallNow(), firedAt]).toEqual([60_000, 61_000, []])
    await clock.advance(0)
    expect(firedAt).toEqual([60_000])
  })

  test('sets the wall clock alone', async () => {
    const clock = createManualClock({ random: () => 0.25 })
    await clock.advance(10)
    clock.setWallTime(5)
    await clock.advance(1)

    expect([clock.now(), clock.wallNow(), clock.random()]).toEqual([11, 6, 0.25])
  })

  test('reads streams and settles under fake timers', async () => {
    vi.useFakeTimers()
    try {
      const clock = createManualClock()
      const read: string[] = []
      void (async () => {
        for await (const text of new Response('abc').body?.pipeThrough(new TextDecoderStream()) ?? []) read.push(text)
      })()
      await clock.advance(0)
      expect(read).toEqual(['abc'])
    } finally {
      vi.useRealTimers()
    }
  })

  test('refuses to go backwards', async () => {
    const clock = createManualClock()
    await expect(clock.advance(-1)).rejects.toThrow(RangeError)
    expect(() => clock.jump(Number.NaN)).toThrow(RangeError)
  })
})
