import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'

import { sleep } from './env.ts'

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
