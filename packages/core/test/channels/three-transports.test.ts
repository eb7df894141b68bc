import { setTimeout as pause } from 'node:timers/promises'

import { describe, expect, it, vi } from 'vitest'

import { serveChannels, wayNames, ways } from './channel-server.ts'
import { createGate } from './gate.ts'
import { follow, openClient } from './open-client.ts'

import type { RealtimeOptions } from '@steadystream/server'
import type { ChannelClientOptions, ChannelPlace } from '../../src/index.ts'
import type { Followed } from './open-client.ts'

const isOn = ({ subscription }: Followed) => subscription.state === 'connected'
const areOn = (...all: readonly Followed[]) => vi.waitFor(() => expect(all.map(isOn)).toEqual(all.map(() => true)))

describe.each(wayNames)('a channel client over %s', (way) => {
  async function open(options: RealtimeOptions = {}, own: Partial<ChannelClientOptions> = {}) {
    const server = await serveChannels(options)
    const client = openClient({ url: server.url, transports: [ways[way]], ...own })
    const { realtime } = server
    const publish = async (channel: string, ...events: readonly unknown[]) => {
      let position = ''
      for (const event of events) {
        const { epoch, offset } = await realtime.publish(channel, event)
        position = `${epoch}:${offset}`
      }
      return position
    }
    const subscriptions = () => realtime.stats().channels.totalSubscriptions
    return { ...server, client, publish, subscriptions }
  }

  it('follows channels of every kind, each in order, from now on or from the start', async () => {
    const { realtime, client } = await open()
    await realtime.publish('news', 'before')
    await realtime.publish({ type: 'job', id: '@7' }, 'first')
    const news = follow(client, 'news')
    const job = follow(client, { type: 'job', id: '@7' }, { from: 'start' })
    const alerts = follow(client, { type: 'alerts', userId: 'ann' })
    const all = [news, job, alerts]
    expect(all.map(({ subscription }) => subscription.channel)).toEqual(['news', 'job:\\@7', 'alerts:@ann'])
    await areOn(...all)
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

  it('asks for many channels of one turn at once, and for later ones beside them', async () => {
    const { client, asked, publish } = await open({ limits: { commandsPerSecond: 5 } })
    const first = Array.from({ length: 60 }, (_, n) => follow(client, `first-${n}`))
    await areOn(...first)
    const later = Array.from({ length: 20 }, (_, n) => follow(client, `later-${n}`))
    await areOn(...later)
    await publish('first-59', 1)
    await publish('later-19', 2)
    await vi.waitFor(() => expect([first.at(-1)?.data, later.at(-1)?.data]).toEqual([[1], [2]]))
    if (way === 'sse') expect(asked).toEqual(['POST /realtime', 'POST /realtime'])
    if (way === 'websocket') expect(asked).toEqual(['WS /realtime/ws'])
  })

  it('shares what the server sends between subscriptions to one channel, each from its own place', async () => {
    const { client, publish, subscriptions } = await open()
    const second = await publish('a', 1, 2)
    const fromNow = follow(client, 'a')
    await areOn(fromNow)
    await publish('a', 3)
    await vi.waitFor(() => expect(fromNow.data).toEqual([3]))
    const late = follow(client, 'a')
    const fromStart = follow(client, 'a', { from: 'start' })
    const resumed = follow(client, 'a', { from: second })
    await areOn(late, fromStart, resumed)
    await publish('a', 4)
    const all = [fromNow, late, fromStart, resumed]
    await vi.waitFor(() => expect(all.map(({ data }) => data)).toEqual([[3, 4], [4], [1, 2, 3, 4], [3, 4]]))
    expect(all.flatMap(({ log }) => log.filter((line) => /gap|error/.test(line)))).toEqual([])
    if (way !== 'polling') expect(subscriptions()).toBe(1)
    for (const { subscription } of [fromNow, fromStart, resumed]) subscription.unsubscribe()
    await publish('a', 5)
    await vi.waitFor(() => expect(late.data).toEqual([4, 5]))
    expect(fromNow.data).toEqual([3, 4])
  })

  it('begins subscriptions of one turn each in its own place', async () => {
    const { client, publish } = await open()
    const first = await publish('a', 1, 2)
    const fromStart = follow(client, 'a', { from: 'start' })
    const fromNow = follow(client, 'a')
    const resumed = follow(client, 'a', { from: first })
    await areOn(fromStart, fromNow, resumed)
    await publish('a', 3)
    await vi.waitFor(() => expect([fromStart, fromNow, resumed].map(({ data }) => data)).toEqual([[1, 2, 3], [3], [3]]))
  })

  it('begins anew just where it was left', async () => {
    const { client, publish } = await open()
    const first = follow(client, 'a')
    await areOn(first)
    await publish('a', 1, 2)
    await vi.waitFor(() => expect(first.data).toEqual([1, 2]))
    first.subscription.unsubscribe()
    // The server has been told, where it is, and nobody has asked for anything since.
    await pause(300)
    const again = follow(client, 'a', { from: first.subscription.position })
    await areOn(again)
    await publish('a', 3)
    await vi.waitFor(() => expect(again.data).toEqual([3]))
    expect(again.log).toEqual(['connecting opened', 'subscribed recovered', 'connected opened', 'data 3'])
  })

  it('goes on after a loss, and says so', async () => {
    const { port, publish, realtime } = await open()
    const gate = await createGate(port)
    const client = openClient({ url: `http://127.0.0.1:${gate.port}/realtime`, transports: [ways[way]] })
    const a = follow(client, 'a')
    const b = follow(client, 'b', { from: 'start' })
    await areOn(a, b)
    await publish('a', 1)
    await vi.waitFor(() => expect(a.data).toEqual([1]))
    if (way === 'polling') await vi.waitFor(() => expect(realtime.health().connections).toBe(1))
    gate.hold(true)
    gate.cut()
    await vi.waitFor(() => expect(client.state).toBe('retrying'))
    expect(a.subscription.state).toBe('retrying')
    await publish('a', 2)
    await publish('b', 1)
    gate.hold(false)
    await vi.waitFor(() => expect([a.data, b.data]).toEqual([[1, 2], [1]]))
    expect(a.log.slice(3)).toEqual(['data 1', 'retrying lost', 'subscribed recovered', 'connected opened', 'data 2'])
    expect(a.subscription.position).toBe(a.positions.at(-1))
  })

  it('declares what the server has lost, in its place', async () => {
    const { client, publish } = await open({ history: { size: 2 } })
    const first = await publish('a', 1)
    const last = await publish('a', 2, 3, 4)
    const [epoch = ''] = first.split(':')
    const resumed = follow(client, 'a', { from: first })
    const places: ChannelPlace[] = []
    const stale = follow(client, 'a', { from: 'gone:7' }, { onSubscribed: (place) => void places.push(place) })
    const fromStart = follow(client, 'b', { from: 'start' })
    await publish('b', 1, 2, 3)
    await areOn(resumed, stale, fromStart)
    await vi.waitFor(() =>
      expect([resumed.data, stale.data]).toEqual([
        [3, 4],
        [3, 4],
      ]),
    )
    expect(resumed.log.filter((line) => /gap/.test(line))).toEqual([`gap lost ${first}..${epoch}:2`])
    expect(stale.log.filter((line) => /gap/.test(line))).toEqual([`gap lost gone:7..${epoch}:2`])
    expect(stale.log).toContain('subscribed not recovered')
    expect(places).toEqual([{ position: `${epoch}:2`, recovered: false }])
    expect(stale.subscription.position).toBe(last)
  })

  it('tells a refused channel alone, and follows the others', async () => {
    const { client, publish, asked } = await open({ authorize: (_, __, channel) => channel !== 'secret' })
    const secret = follow(client, 'secret')
    const open1 = follow(client, 'open')
    await areOn(open1)
    await vi.waitFor(() => expect(secret.subscription.state).toBe('error'))
    expect(secret.log).toEqual(['connecting started', 'error FORBIDDEN final', 'error fatal'])
    await publish('open', 1)
    await vi.waitFor(() => expect(open1.data).toEqual([1]))
    expect(client.state).toBe('connected')
    expect(asked.length).toBeLessThan(5)
    const again = follow(client, 'secret')
    await vi.waitFor(() => expect(again.log).toContain('error FORBIDDEN final'))
    expect(open1.log.filter((line) => /error|retrying/.test(line))).toEqual([])
  })

  it('tells a refusal also where there is no other channel, and follows what is asked for next', async () => {
    const { client, publish } = await open({ authorize: (_, __, channel) => channel !== 'secret' })
    const secret = follow(client, 'secret')
    await vi.waitFor(() => expect(secret.subscription.state).toBe('error'))
    expect(secret.log.filter((line) => line.startsWith('error'))).toEqual(['error FORBIDDEN final', 'error fatal'])
    const other = follow(client, 'open')
    await areOn(other)
    await publish('open', 1)
    await vi.waitFor(() => expect(other.data).toEqual([1]))
  })

  it('tells of the end of a channel, and goes on with the others', async () => {
    const { client, publish, realtime, subscriptions } = await open()
    await publish('done', 1)
    await realtime.complete('done')
    const done = follow(client, 'done', { from: 'start' })
    const doneNow = follow(client, 'done')
    const ends = follow(client, 'ends')
    const stays = follow(client, 'stays')
    await areOn(ends, stays)
    await publish('ends', 1)
    await realtime.complete('ends')
    await publish('stays', 1)
    await vi.waitFor(() => {
      for (const { log } of [done, doneNow, ends]) expect(log.at(-1)).toBe('complete')
    })
    expect([done.data, doneNow.data, ends.data]).toEqual([[1], [], [1]])
    expect(ends.log.slice(-3)).toEqual(expect.arrayContaining(['data 1', 'disconnected completed', 'complete']))
    await vi.waitFor(() => expect(stays.data).toEqual([1]))
    expect(client.state).toBe('connected')
    if (way !== 'polling') expect(subscriptions()).toBe(1)
  })

  it('leaves a channel with its last subscription, and may come back to it', async () => {
    const { client, publish, subscriptions } = await open()
    const kept = follow(client, 'kept')
    const left = follow(client, 'left')
    await areOn(kept, left)
    left.subscription.unsubscribe()
    left.subscription.unsubscribe()
    expect(left.log.at(-1)).toBe('disconnected closed')
    await vi.waitFor(() => expect(subscriptions()).toBe(1))
    await publish('left', 1)
    const back = follow(client, 'left')
    back.subscription.unsubscribe()
    const again = follow(client, 'left')
    await areOn(again)
    await publish('left', 2)
    await publish('kept', 3)
    await vi.waitFor(() => expect([left.data, back.data, again.data, kept.data]).toEqual([[], [], [2], [3]]))
  })

  it('publishes in order and says where it is, or why not', async () => {
    const { client } = await open({ authorize: (_, action, channel) => action === 'subscribe' || channel === 'chat' })
    const chat = follow(client, 'chat')
    await areOn(chat)
    const published = await Promise.all([1, 2, 3].map((n) => client.publish('chat', n)))
    await vi.waitFor(() => expect(chat.data).toEqual([1, 2, 3]))
    expect(published.map(({ position }) => position)).toEqual(chat.positions)
    await expect(client.publish('other', 1)).rejects.toMatchObject({ code: 'FORBIDDEN', name: 'StreamError' })
    client.close()
    await expect(client.publish('chat', 4)).rejects.toMatchObject({ code: 'UNSENT' })
  })

  it('publishes without a subscription, and before there is a connection', async () => {
    const { client, realtime } = await open()
    const { position } = await client.publish({ type: 'room', id: '1' }, { text: 'hi' }, { id: 'm1' })
    expect(position).toMatch(/:1$/)
    expect(realtime.stats().channels.totalSubscriptions).toBe(0)
  })

  it('loads the state at a place and events after it, and again only where some were lost', async () => {
    const { port, publish, realtime } = await open({ history: { size: 2 } })
    const gate = await createGate(port)
    const client = openClient({ url: `http://127.0.0.1:${gate.port}/realtime`, transports: [ways[way]] })
    let total = 0
    const add = async (...events: readonly number[]) => {
      for (const event of events) total += event
      return publish('sum', ...events)
    }
    await add(1, 2)
    const log: string[] = []
    let isFirst = true
    const sum = follow(
      client,
      'sum',
      {
        async getState({ position }) {
          const mustFail = isFirst
          isFirst = false
          // What is published meanwhile waits.
          if (mustFail) await add(10)
          if (mustFail) throw new Error('not now')
          log.push(`state ${total} at ${position.split(':')[1]}`)
          return realtime.stats() && undefined
        },
      },
      { onData: (n) => void log.push(`event ${String(n)}`) },
    )
    await vi.waitFor(() => expect(log).toEqual(['state 13 at 2', 'event 10']))
    expect(sum.log).toContain('error REQUEST retried')
    await add(20)
    await vi.waitFor(() => expect(log.at(-1)).toBe('event 20'))
    if (way === 'polling') await vi.waitFor(() => expect(realtime.health().connections).toBe(1))
    gate.hold(true)
    gate.cut()
    await vi.waitFor(() => expect(client.state).toBe('retrying'))
    await add(30, 40, 50)
    gate.hold(false)
    await vi.waitFor(() => expect(log.slice(3)).toEqual(['state 153 at 5', 'event 40', 'event 50']))
  })

  it('skips what a loaded state holds already', async () => {
    const { client, publish } = await open()
    await publish('a', 1)
    let latest = ''
    const a = follow(client, 'a', {
      async getState() {
        latest = await publish('a', 2, 3)
        return latest
      },
    })
    await vi.waitFor(() => expect(a.subscription.position).toBe(latest || 'none'))
    await publish('a', 4)
    await vi.waitFor(() => expect(a.data).toEqual([4]))
  })

  it('handles one event of a channel at a time, lets a slow handler hold the server back, and loses nothing', async () => {
    const { client, publish } = await open({ history: { size: 3000 } }, { maxBufferedEvents: 100 })
    let release = () => {}
    const blocked = new Promise<void>((resolve) => (release = resolve))
    let busy = 0
    let most = 0
    const slow = follow(client, 'slow', undefined, {
      async onData(n) {
        most = Math.max(most, ++busy)
        if (n === 1) await blocked
        busy--
      },
    })
    const quick = follow(client, 'quick')
    await areOn(slow, quick)
    await publish('quick', 1)
    await vi.waitFor(() => expect(quick.data).toEqual([1]))
    for (let n = 1; n <= 2000; n++) void publish('slow', n)
    await vi.waitFor(() => expect(slow.data).toEqual([1]))
    await pause(100)
    release()
    await vi.waitFor(() => expect(slow.data).toHaveLength(2000), { timeout: 5000 })
    expect(slow.data).toEqual(Array.from({ length: 2000 }, (_, n) => n + 1))
    expect(slow.log.filter((line) => /gap|error/.test(line))).toEqual([])
    expect(most).toBe(1)
  })
})
