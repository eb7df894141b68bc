import { expect, it } from 'vitest'

import { openTabs, range } from './open-tabs.ts'

it('a tab that is behind need not wait for the next event of a server that does not introduce itself', async () => {
  const { clock, server, open } = openTabs('ids')
  const leader = open('a', { retryDelay: 500 })
  await clock.advance(100)
  server.publish(3)
  await clock.advance(100)
  server.cut()
  await clock.advance(2000)
  expect([leader.stream.state, leader.numbers]).toEqual(['connected', range(1, 3)])
  const behind = open('b', { lastEventId: 'x1' })
  await clock.advance(4000)
  expect([behind.stream.state, behind.numbers]).toEqual(['connected', [2, 3]])
  server.publish(1)
  await clock.advance(100)
  expect(behind.numbers).toEqual([2, 3, 4])
  expect(server.open).toBe(1)
})
