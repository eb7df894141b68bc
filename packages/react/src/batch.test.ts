import { createManualClock } from '@steadystream/core/testing'
import { expect, test } from 'vitest'
import { createBatch } from './batch.ts'

test('flushes at once, then once per frame as long as there is something', async () => {
  const clock = createManualClock()
  const flushedAt: number[] = []
  const batch = createBatch(
    (ms, callback) => clock.after(ms, callback),
    () => flushedAt.push(clock.now()),
  )
  for (let n = 0; n < 3; n++) batch.request()
  await clock.advance(10)
  batch.request()
  batch.request()
  await clock.advance(40)
  expect([flushedAt, clock.pending]).toEqual([[0, 16], 0])

  batch.request()
  batch.request()
  batch.cancel()
  await clock.advance(40)
  expect([flushedAt, clock.pending]).toEqual([[0, 16, 50], 0])
})
