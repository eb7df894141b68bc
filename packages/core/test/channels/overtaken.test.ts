import { expect, it, vi } from 'vitest'

import { follow } from './open-client.ts'
import { event, gap, news, openPlayed, subscribed } from './open-played.ts'

/** A subscription at `e:5`, and one more that the server is asked for. */
async function openTwo(from: string) {
  const { client, asked, say } = openPlayed()
  const a = follow(client, 'a')
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  say(subscribed('e:5'))
  await vi.waitFor(() => expect(a.log).toContain('connected opened'))
  const b = follow(client, 'a', { from })
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  expect(asked[1]).toEqual({ type: 'subscribe', channels: { a: from } })
  return { a, b, asked, say }
}

it('gives everything to one whom another has made the link overtake', async () => {
  const { a, b, asked, say } = await openTwo('e:8')
  say(subscribed('e:8', true), event(9))
  await vi.waitFor(() => expect(asked).toHaveLength(3))
  expect(asked[2]).toEqual({ type: 'subscribe', channels: { a: 'e:5' } })
  say(subscribed('e:5', true), ...[6, 7, 8, 9, 10].map((offset) => event(offset)))
  await vi.waitFor(() => expect(b.data).toEqual([9, 10]))
  expect(news(a.log)).toEqual([6, 7, 8, 9, 10].map((n) => `data ${n}`))
  expect(news(b.log)).toEqual(['data 9', 'data 10'])
})

it('gives all that is left of another life of the channel to one whom a newcomer has made the link overtake', async () => {
  const { a, b, asked, say } = await openTwo('f:2')
  const ofNewLife = (offset: number) => ({ ...event(offset), position: `f:${offset}` })
  say(subscribed('f:2', true), ofNewLife(3))
  await vi.waitFor(() => expect(asked).toHaveLength(3))
  expect(asked[2]).toEqual({ type: 'subscribe', channels: { a: 'e:5' } })
  say(subscribed('f:0', false), gap('e:5', 'f:0'), ...[1, 2, 3, 4].map(ofNewLife))
  await vi.waitFor(() => expect(b.data).toEqual([3, 4]))
  expect(news(a.log)).toEqual(['gap lost e:5..f:0', 'data 1', 'data 2', 'data 3', 'data 4'])
  expect(news(b.log)).toEqual(['data 3', 'data 4'])
})
