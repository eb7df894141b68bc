import { describe, expect, it } from 'vitest'
import { WorkClock } from './work-clock.ts'

describe('the clock of some work', () => {
  it('stands while the work is paused', () => {
    const clock = new WorkClock(1000)
    expect(clock.elapsed(1400)).toBe(400)
    clock.pause(1500)
    clock.pause(1600)
    expect([clock.isPaused, clock.elapsed(9000)]).toEqual([true, 500])
    clock.resume(2000)
    clock.resume(3000)
    expect([clock.isPaused, clock.elapsed(2100)]).toEqual([false, 600])
  })
})
