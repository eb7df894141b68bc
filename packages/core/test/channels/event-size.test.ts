import { expect, it, vi } from 'vitest'

import { follow } from './open-client.ts'
import { event, news, openPlayed, subscribed } from './open-played.ts'

const maxEventSize = 100

it('holds each event to maxEventSize, and not what came with it in one turn', async () => {
  const { client, asked, say } = openPlayed({ maxEventSize })
  const a = follow(client, 'a')
  const others = ['b', 'c', 'd'].map((name) => follow(client, name))
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  say(...['a', 'b', 'c', 'd'].map((name) => subscribed('e:0', undefined, name)))
  await vi.waitFor(() =>
    expect(others.map(({ subscription }) => subscription.state)).toEqual(Array(3).fill('connected')),
  )
  say(...[1, 2, 3, 4, 5].map((offset) => event(offset)), event(6, 'a', 'x'.repeat(maxEventSize)), event(7))
  await vi.waitFor(() => expect(a.data).toContain(7))
  expect(news(a.log)).toEqual([1, 2, 3, 4, 5, 7].map((offset) => `data ${offset}`))
  expect(a.log.filter((line) => line.startsWith('error'))).toEqual(['error EVENT_TOO_LARGE retried'])
})
