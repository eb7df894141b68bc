import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'

import { randomToken, sleep } from './env.ts'

describe('sleep', () => {
  it('leaves nothing behind at a signal that lives on', async () => {
    const { signal } = new AbortController()
    await sleep(1, signal)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('ends at once when the signal aborts, and where it has', async () => {
    const controller = new AbortController()
    const sleeping = sleep(60_000, controller.signal)
    controller.abort()
    await sleeping
    await sleep(60_000, controller.signal)
  })
})

describe('a random token', () => {
  it('is as long as asked for, and none is told twice', () => {
    // More than are made of one draw from the system.
    const tokens = Array.from({ length: 1000 }, () => randomToken(16))
    expect(new Set(tokens).size).toBe(1000)
    expect(tokens.every((token) => /^[\w-]{22}$/.test(token))).toBe(true)
    expect(randomToken(3000)).toHaveLength(4000)
    // No byte of one is in the next: of 1,000 the first bytes alone take many values.
    expect(new Set(tokens.map((token) => token.slice(0, 2))).size).toBeGreaterThan(200)
  })
})
