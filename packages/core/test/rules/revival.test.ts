import { expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

it('lets a stream that came back by itself be iterated again, after its loop had ended with the failure', async () => {
  const { stream, server, clock, log } = openScripted({ maxRetries: 0 }, { iterated: true })
  const outcomes: unknown[] = []
  const loop = async () => {
    try {
      for await (const { data } of stream) outcomes.push(data)
    } catch (error) {
      outcomes.push(String(error))
    }
  }
  server.refuse()
  void loop()
  await clock.advance(0)
  expect(outcomes).toEqual([expect.stringContaining('StreamError')])
  // Sleep, after which there may be a network.
  clock.jump(60_000)
  await clock.advance(10_000)
  expect(log.slice(-2)).toEqual(['connecting revived', 'connected opened'])
  void loop()
  server.connection(0).push({ id: '1', data: 1 })
  await clock.advance(0)
  expect(outcomes.slice(1)).toEqual([1])
})
