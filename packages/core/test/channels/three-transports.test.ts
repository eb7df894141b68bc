import { describe, expect, it, vi } from 'vitest'

import { serveChannels, wayNames, ways } from './channel-server.ts'
import { follow, openClient } from './open-client.ts'

describe.each(wayNames)('a channel client over %s', (way) => {
  const transports = [ways[way]]

  it('follows channels of every kind, each in order, from now on or from the start', async () => {
    const { realtime, url } = await serveChannels()
    await realtime.publish('news', 'before')
    await realtime.publish({ type: 'job', id: '@7' }, 'first')
    const client = openClient({ url, transports })
    const news = follow(client, 'news')
    const job = follow(client, { type: 'job', id: '@7' }, { from: 'start' })
    const alerts = follow(client, { type: 'alerts', userId: 'ann' })
    expect([news, job, alerts].map(({ subscription }) => subscription.channel)).toEqual([
      'news',
      'job:\\@7',
      'alerts:@ann',
    ])
    const all = [news, job, alerts]
    await vi.waitFor(() =>
      expect(all.map(({ subscription }) => subscription.state)).toEqual(Array(3).fill('connected')),
    )
    for (const n of [1, 2]) {
      await realtime.publish('news', n)
      await realtime.publish({ type: 'job', id: '@7' }, n)
      await realtime.publish({ type: 'alerts', userId: 'ann' }, n)
    }
    await vi.waitFor(() =>
      expect(all.map(({ data }) => data)).toEqual([
        [1, 2],
        ['first', 1, 2],
        [1, 2],
      ]),
    )
    expect(news.log).toEqual(['connecting started', 'subscribed', 'connected opened', 'data 1', 'data 2'])
    client.close()
    expect(news.log.at(-1)).toBe('disconnected closed')
    await vi.waitFor(() => expect(realtime.health().connections).toBe(0))
  })
})
