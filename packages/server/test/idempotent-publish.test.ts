import { describe, expect, it, onTestFinished } from 'vitest'

import { createRealtime, memoryBackplane, RealtimeError } from '../src/index.ts'

import type { Backplane, BackplaneFailure, Failure } from '../src/index.ts'

function open(options: Parameters<typeof createRealtime>[0] = {}) {
  const realtime = createRealtime(options)
  onTestFinished(() => realtime.close())
  return realtime
}

describe('publishing with an idempotency key', () => {
  it('publishes once', async () => {
    const realtime = open()
    const first = await realtime.publish('a', 1, { idempotencyKey: 'k' })
    expect(await realtime.publish('a', 1, { idempotencyKey: 'k' })).toEqual(first)
    expect(await realtime.publish('a', 2, { idempotencyKey: undefined })).toMatchObject({ offset: 2 })
  })

  it.each([
    ['', '""'],
    ['x'.repeat(256), '"xxx'],
    [5, '5'],
  ])('refuses a key that is none (%#)', async (idempotencyKey, shown) => {
    const publishing = open().publish('a', 1, { idempotencyKey: idempotencyKey as string })
    await expect(publishing).rejects.toThrow(
      `publish.idempotencyKey must be a string of 1 to 255 characters, got ${shown}`,
    )
  })

  it('refuses an option that it does not know', async () => {
    // @ts-expect-error no such option
    await expect(open().publish('a', 1, { key: 'k' })).rejects.toThrow('publish.key is not an option')
  })

  it('refuses a key where events are joined', async () => {
    const realtime = open()
    realtime.shape({ type: 'job' }, { maxPerSecond: 1 })
    const publishing = realtime.publish({ type: 'job', id: '7' }, 1, { idempotencyKey: 'k' })
    await expect(publishing).rejects.toThrow('idempotencyKey is not for channels with a shape')
  })
})

describe('what fails while nobody waits for it', () => {
  it('is told to the hook by its stage', () => {
    const told: BackplaneFailure[] = []
    let fail: (failure: Failure) => void = () => {}
    const backplane: Backplane = { ...memoryBackplane(), onFailure: (listener) => void (fail = listener) }
    const realtime = open({ backplane, on: { backplaneError: (failure) => told.push(failure) } })
    const error = new Error('cut')
    fail({ stage: 'link', key: undefined, error })
    fail({ stage: 'message', key: 'id:3:job:7', error })
    expect(told).toEqual([
      { stage: 'link', channel: undefined, error },
      { stage: 'message', channel: 'job:7', error },
    ])
    expect(realtime.metrics()).toContain('steadystream_backplane_errors_total{stage="link"} 1')
  })

  it('is a failure, too, where the backplane says that it is not to be reached', async () => {
    const stages: string[] = []
    const away = () => Promise.reject(new RealtimeError('UNAVAILABLE', 'no broker'))
    const realtime = open({ backplane: { ...memoryBackplane(), publish: away }, on: { backplaneError: ({ stage }) => stages.push(stage) } }) // prettier-ignore
    await expect(realtime.publish('a', 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(stages).toEqual(['publish'])
  })
})
