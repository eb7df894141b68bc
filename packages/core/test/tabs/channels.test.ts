import { describe, expect, it, vi } from 'vitest'

import { shareChannelsAcrossTabs } from '../../src/index.ts'
import { systemClock } from '../../src/env.ts'
import { createManualClock } from '../../src/testing/index.ts'
import { serveChannels, wayNames, ways } from '../channels/channel-server.ts'
import { follow, openClient } from '../channels/open-client.ts'
import { createTabWorld } from '../support/tab-world.ts'
import { range } from './open-tabs.ts'

describe.each(wayNames)('channel clients of several tabs, over %s', (way) => {
  async function openTabs(names: readonly string[]) {
    const server = await serveChannels()
    const world = createTabWorld(systemClock)
    const tabs = names.map((name) => {
      const tab = world.open(name)
      const client = openClient({
        url: server.url,
        transports: [ways[way]],
        clock: tab.clock,
        tabs: shareChannelsAcrossTabs({ identity: 'ann', ...tab.apis }),
      })
      return { tab, client }
    })
    const publish = async (channel: string, from: number, to: number) => {
      for (const n of range(from, to)) await server.realtime.publish(channel, n)
    }
    return { server, world, tabs, publish }
  }

  it('follow the channels of all over one connection', async () => {
    const { tabs, publish, server } = await openTabs(['a', 'b', 'c'])
    await publish('early', 1, 3)
    const all = tabs.map(({ client }) => follow(client, 'news'))
    const only = follow(tabs[1]!.client, 'early', { from: 'start' })
    await vi.waitFor(() =>
      expect(all.map(({ subscription }) => subscription.state)).toEqual(Array(3).fill('connected')),
    )
    await vi.waitFor(() => expect(only.data).toEqual(range(1, 3)))
    await publish('news', 1, 5)
    await publish('early', 4, 5)
    await vi.waitFor(() => expect(all.map(({ data }) => data)).toEqual(Array(3).fill(range(1, 5))))
    await vi.waitFor(() => expect(only.data).toEqual(range(1, 5)))
    if (way === 'websocket') expect(server.asked.filter((each) => each.startsWith('WS'))).toHaveLength(1)
  })

  it('go on when the one that has the connection dies, and lose nothing', async () => {
    const { tabs, publish } = await openTabs(['a', 'b', 'c'])
    const all = tabs.map(({ client }) => follow(client, 'news'))
    await vi.waitFor(() =>
      expect(all.map(({ subscription }) => subscription.state)).toEqual(Array(3).fill('connected')),
    )
    await publish('news', 1, 5)
    await vi.waitFor(() => expect(all.map(({ data }) => data)).toEqual(Array(3).fill(range(1, 5))))
    tabs[0]!.tab.kill()
    await publish('news', 6, 10)
    await vi.waitFor(() => expect(all.slice(1).map(({ data }) => data)).toEqual(Array(2).fill(range(1, 10))), 5000)
    for (const { log } of all.slice(1)) expect(log.filter((line) => /gap|error/.test(line))).toEqual([])
  })

  it('join late at their own place, and leave without taking the channel from others', async () => {
    const { tabs, publish } = await openTabs(['a', 'b'])
    const [a, b] = tabs.map(({ client }) => client)
    const first = follow(a!, 'news')
    await vi.waitFor(() => expect(first.subscription.state).toBe('connected'))
    await publish('news', 1, 5)
    await vi.waitFor(() => expect(first.data).toEqual(range(1, 5)))
    const late = follow(b!, 'news', { from: 'start' })
    const now = follow(b!, 'other')
    await vi.waitFor(() => expect(late.data).toEqual(range(1, 5)))
    await vi.waitFor(() => expect(now.subscription.state).toBe('connected'))
    first.subscription.unsubscribe()
    await publish('news', 6, 8)
    await vi.waitFor(() => expect(late.data).toEqual(range(1, 8)))
    expect(first.data).toEqual(range(1, 5))
  })

  it('publish from each, and hear it in each', async () => {
    const { tabs } = await openTabs(['a', 'b'])
    const all = tabs.map(({ client }) => follow(client, 'chat'))
    await vi.waitFor(() =>
      expect(all.map(({ subscription }) => subscription.state)).toEqual(Array(2).fill('connected')),
    )
    const positions = await Promise.all(tabs.map(({ client }, n) => client.publish('chat', `from ${n}`)))
    expect(new Set(positions.map(({ position }) => position)).size).toBe(2)
    for (const { data } of all) await vi.waitFor(() => expect(new Set(data)).toEqual(new Set(['from 0', 'from 1'])))
  })
})

it('a channel client follows alone where the page may have no locks', async () => {
  const { url } = await serveChannels()
  const { clock, apis } = createTabWorld(systemClock).open('a')
  const request = () => Promise.reject(new DOMException('denied', 'SecurityError'))
  // The overloads that are not used here are not played.
  const locks = { request: request as unknown as LockManager['request'] }
  const tabs = shareChannelsAcrossTabs({ identity: 'ann', ...apis, locks })
  const { subscription } = follow(openClient({ url, clock, tabs }), 'news')
  await vi.waitFor(() => expect(subscription.state).toBe('connected'))
})

it.each(['sse', 'polling'] as const)(
  'a channel that one tab may not follow takes none from others, over %s',
  async (way) => {
    const clock = createManualClock()
    const world = createTabWorld(clock)
    let answer = () => {}
    const judged = new Promise<void>((resolve) => (answer = resolve))
    const { url } = await serveChannels({
      authorize: (_, __, channel) => channel !== 'secret' || judged.then(() => false),
    })
    const [one, other] = ['one', 'other'].map((name) => {
      const tabs = shareChannelsAcrossTabs({ identity: 'ann', ...world.open(name).apis })
      return openClient({ url, transports: [ways[way]], clock, tabs })
    })
    const until = (check: () => void) =>
      vi.waitFor(async () => {
        await clock.advance(10)
        check()
      })
    const refused = follow(one!, 'secret')
    await until(() => expect(world.left().locks).toBe(1))
    const allowed = follow(other!, 'news')
    await until(() => expect(world.left().locks).toBe(2))
    // They get to know each other.
    await clock.advance(10)
    answer()
    await until(() => expect(allowed.subscription.state).toBe('connected'))
    expect(refused.log).toContain('error FORBIDDEN final')
    expect(allowed.log.join()).not.toContain('error')
  },
)
