import { expect, it, vi } from 'vitest'

import { serveChannels, wayNames, ways } from './channel-server.ts'
import { follow, openClient } from './open-client.ts'

it.each(wayNames)(
  'says which channels are too many for a request, and goes on with the others, over %s',
  async (way) => {
    const { url, realtime } = await serveChannels()
    const states: string[] = []
    const client = openClient({ url, transports: [ways[way]], onStateChange: ({ state }) => void states.push(state) })
    const labels = Array.from({ length: 100 }, (_, n) => String.fromCharCode(0x4e00 + n).repeat(250))
    const all = labels.map((label) => follow(client, label))
    // The labels have 750 bytes each.
    const [tooMany] = all.splice(82)
    await vi.waitFor(() =>
      expect(all.map(({ subscription }) => subscription.state)).toEqual(all.map(() => 'connected')),
    )
    expect(tooMany?.log.slice(0, 2)).toEqual(['connecting started', 'error TOO_MANY_CHANNELS retried'])
    await realtime.publish(labels[0] ?? '', 1)
    await vi.waitFor(() => expect(all[0]?.data).toEqual([1]))
    expect(states).toEqual(['connecting', 'connected'])
    for (const { subscription } of all) subscription.unsubscribe()
    await vi.waitFor(() => expect(tooMany?.subscription.state).toBe('connected'))
  },
)
