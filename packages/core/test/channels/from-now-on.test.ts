import { expect, it, vi } from 'vitest'

import { follow } from './open-client.ts'
import { event, openPlayed, subscribed } from './open-played.ts'

it('begins with what comes from now on, though two are ahead of the link and the first of them less far', async () => {
  const { client, asked, say } = openPlayed()
  const old = follow(client, 'a', { from: 'start' })
  const a = follow(client, 'a')
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  say(subscribed('e:10'))
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  say(subscribed('e:0'), event(1), event(2))
  await vi.waitFor(() => expect(old.data).toHaveLength(2))
  expect(a.log).toContain('connected opened')
  const b = follow(client, 'a')
  await vi.waitFor(() => expect(b.log).toContain('connected opened'))
  say(...[3, 4, 5, 6, 7, 8, 9, 10, 11].map((offset) => event(offset)))
  await vi.waitFor(() => expect(old.data).toHaveLength(11))
  expect([a.data, b.data]).toEqual([[11], [11]])
})
