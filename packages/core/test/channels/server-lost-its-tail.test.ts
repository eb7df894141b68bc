import { expect, it, vi } from 'vitest'

import { follow } from './open-client.ts'
import { event, gap, news, openPlayed, subscribed } from './open-played.ts'

it('tells who is ahead of the link, too, that the server has lost what came last', async () => {
  const { client, asked, say, cut } = openPlayed()
  const a = follow(client, 'a')
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  say(subscribed('e:5'), ...[6, 7, 8, 9, 10].map((offset) => event(offset)))
  await vi.waitFor(() => expect(a.data).toHaveLength(5))
  const b = follow(client, 'a', { from: 'start' })
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  say(subscribed('e:0'), ...[1, 2, 3, 4].map((offset) => event(offset)))
  await vi.waitFor(() => expect(b.data).toHaveLength(4))
  cut()
  await vi.waitFor(() => expect(asked).toHaveLength(3))
  expect(asked[2]).toEqual({ a: 'e:4' })
  say(subscribed('e:3', false), gap('e:4', 'e:3'), event(4, 'a', 'new 4'), event(5, 'a', 'new 5'))
  await vi.waitFor(() => expect(b.data).toContain('new 5'))
  expect(news(b.log).slice(4)).toEqual(['gap lost e:4..e:3', 'data "new 4"', 'data "new 5"'])
  expect(news(a.log).slice(5)).toEqual(['gap lost e:10..e:3', 'data "new 4"', 'data "new 5"'])
})

it('asks the server for whoever comes with a place that the link has not seen', async () => {
  const { client, asked, say } = openPlayed()
  const a = follow(client, 'a')
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  say(subscribed('e:5'))
  await vi.waitFor(() => expect(a.log).toContain('connected opened'))
  const b = follow(client, 'a', { from: 'e:10' })
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  expect(asked[1]).toEqual({ type: 'subscribe', channels: { a: 'e:10' } })
  say(subscribed('e:5', false), gap('e:10', 'e:5'), event(6), event(7))
  await vi.waitFor(() => expect(b.data).toEqual([6, 7]))
  expect(news(a.log)).toEqual(['data 6', 'data 7'])
  expect(news(b.log)).toEqual(['gap lost e:10..e:5', 'data 6', 'data 7'])
  expect(asked).toHaveLength(2)
})
