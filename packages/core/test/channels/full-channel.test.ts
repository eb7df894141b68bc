import { expect, it, vi } from 'vitest'

import { follow } from './open-client.ts'
import { complete, event, openPlayed, subscribed } from './open-played.ts'

it('lets the other channels go on once one that was full has completed', async () => {
  const { client, asked, say } = openPlayed({ maxBufferedEvents: 4 })
  let open = () => {}
  const gate = new Promise<void>((resolve) => (open = resolve))
  const a = follow(client, 'a', {}, { onData: () => gate })
  const b = follow(client, 'b')
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  say(subscribed('e:0'), subscribed('e:0', undefined, 'b'))
  await vi.waitFor(() => expect(b.log).toContain('connected opened'))
  // Of one turn, or of one TCP segment.
  say(...[1, 2, 3, 4, 5, 6].map((offset) => event(offset)), complete(6))
  await vi.waitFor(() => expect(a.data).toHaveLength(1))
  open()
  await vi.waitFor(() => expect(a.log).toContain('complete'))
  say(event(1, 'b'))
  await vi.waitFor(() => expect(b.data).toEqual([1]))
})
