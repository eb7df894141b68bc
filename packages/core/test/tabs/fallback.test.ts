import { beforeEach, expect, it } from 'vitest'

import { forgetTransports } from '../simulator/globals.ts'
import { openTabs, range } from './open-tabs.ts'

beforeEach(forgetTransports)

it('a tab that is behind asks the server over a transport that works, as the one that leads does', async () => {
  const { clock, server, open } = openTabs()
  const transports = ['best', 'other']
  server.publish(3)
  server.block('best')
  const leader = open('a', { retryDelay: 500 }, transports)
  await clock.advance(3000)
  expect([leader.stream.state, leader.stream.transport]).toEqual(['connected', 'other'])
  const behind = open('b', { retryDelay: 500, from: 'start' }, transports)
  await clock.advance(10_000)
  server.publish(2)
  await clock.advance(100)
  expect(behind.numbers).toEqual(range(1, 5))
  expect(leader.numbers).toEqual([4, 5])
  expect(server.open).toBe(1)
})
