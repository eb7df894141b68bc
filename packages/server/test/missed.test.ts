import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { memoryBackplane } from '../src/index.ts'
import { readStream } from './support/read-stream.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'
import { serve } from './support/serve.ts'

import type { Backplane, Receiver } from '../src/index.ts'

/** A backplane whose link can be cut: what is published meanwhile is in history, and not brought. */
function cuttable(options: Parameters<typeof memoryBackplane>[0] = {}) {
  const inner = memoryBackplane(options)
  const receivers = new Map<string, Receiver>()
  let isCut = false
  const backplane: Backplane = {
    ...inner,
    subscribe(key, receiver) {
      receivers.set(key, receiver)
      return inner.subscribe(key, { ...pass(receiver), event: (event) => void (isCut || receiver.event(event)) })
    },
    stats: () => ({ ...inner.stats(), isDegraded: isCut }),
  }
  return {
    backplane,
    cut: () => void (isCut = true),
    async heal(key: string) {
      isCut = false
      const { epoch, top } = await inner.read(key, { after: 0, limit: 0 })
      receivers.get(key)?.missed({ epoch, offset: top })
    },
  }
}

function pass(receiver: Receiver): Receiver {
  return {
    event: (event) => receiver.event(event),
    missed: (top) => receiver.missed(top),
    complete: (end) => receiver.complete(end),
  }
}

describe('where the backplane says that events were missed', () => {
  it('sessions read them at once, without the next event', async () => {
    const link = cuttable()
    const { realtime, port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }), {
      backplane: link.backplane,
    })
    const reading = await readStream(port)
    await reading.take(1)
    await realtime.publish('a', 1)
    link.cut()
    await realtime.publish('a', 2)
    await realtime.publish('a', 3)
    await link.heal('name:a')
    await link.heal('name:a')
    expect((await reading.take(3)).map(({ data }) => data)).toEqual([1, 2, 3])
    await realtime.publish('a', 4)
    await realtime.complete('a')
    expect((await reading.rest()).map(({ event, data }) => event ?? data)).toEqual([4, 'steadystream.complete'])
  })

  it('what history has no more is declared in its place, once', async () => {
    const link = cuttable({ size: 1 })
    const { realtime, port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }), {
      backplane: link.backplane,
    })
    const reading = await readStream(port)
    await reading.take(1)
    await realtime.publish('a', 1)
    const [one] = await reading.take(1)
    link.cut()
    for (const event of [2, 3, 4]) await realtime.publish('a', event)
    await link.heal('name:a')
    const [gap, four] = await reading.take(2)
    const epoch = one?.id?.split(':')[0]
    expect(gap).toMatchObject({ event: 'steadystream.gap', data: { from: one?.id, to: `${epoch}:3` } })
    expect(four).toEqual({ id: `${epoch}:4`, data: 4 })
  })

  it('a waiting poll answers with them', async () => {
    const link = cuttable()
    const { realtime, port } = await serve((self, req, res) => self.poll(req, res, { channel: 'a' }), {
      backplane: link.backplane,
    })
    const { epoch, offset } = await realtime.publish('a', 0)
    const polling = readStream(port, { path: `/?since=${epoch}:${offset}&wait=20` })
    await expect.poll(() => realtime.stats().polling.totalConnections).toBe(1)
    link.cut()
    await realtime.publish('a', 1)
    await link.heal('name:a')
    const reading = await polling
    await reading.over
    expect(JSON.parse(reading.text())).toMatchObject({ events: [{ data: 1 }] })
  })

  it('users lose what was taken from them meanwhile', async () => {
    const link = cuttable()
    const here = await serveChannels({ authenticate: byToken, backplane: link.backplane })
    const reading = await readStream(here.port, { path: '/?channel=a', headers: { Authorization: 'Bearer ann' } })
    await reading.take(1)
    link.cut()
    await link.backplane.publish('control:sessions', '{"userId":"ann"}')
    await link.heal('control:sessions')
    expect(await reading.rest()).toMatchObject([{ event: 'steadystream.close', data: { code: 3500 } }])
  })

  it('users lose what was taken from them while this process began to listen', async () => {
    const inner = memoryBackplane()
    let goOn = () => {}
    const held = new Promise<void>((resolve) => (goOn = resolve))
    const subscribe = vi.fn<Backplane['subscribe']>(async (key, receiver) => {
      if (key === 'control:sessions') await held
      return inner.subscribe(key, receiver)
    })
    const { port } = await serveChannels({ authenticate: byToken, backplane: { ...inner, subscribe } })
    const reading = await readStream(port, { path: '/?channel=a', headers: { Authorization: 'Bearer ann' } })
    await reading.take(1)
    await vi.waitFor(() => expect(subscribe).toHaveBeenCalledWith('control:sessions', expect.anything()))
    await inner.publish('control:sessions', '{"userId":"ann"}')
    goOn()
    expect(await reading.rest()).toMatchObject([{ event: 'steadystream.close', data: { code: 3500 } }])
  })

  it.each([
    ['cannot read them at first', 'read'],
    ['could not begin to listen at first', 'subscribe'],
  ] as const)('users lose what was taken from them where their process %s', async (_, what) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const link = cuttable()
    let failures = 0
    const failing = vi.fn((key: string, ...rest: readonly unknown[]) => {
      if (key === 'control:sessions' && failures-- > 0) return Promise.reject(new Error('no broker'))
      return Reflect.apply(link.backplane[what], link.backplane, [key, ...rest]) as never
    })
    if (what === 'subscribe') failures = 3
    const here = await serveChannels({ authenticate: byToken, backplane: { ...link.backplane, [what]: failing } })
    const reading = await readStream(here.port, { path: '/?channel=a', headers: { Authorization: 'Bearer ann' } })
    await reading.take(1)
    link.cut()
    await link.backplane.publish('control:sessions', '{"userId":"ann"}')
    if (what === 'read') failures = 2
    await link.heal('control:sessions')
    await vi.advanceTimersByTimeAsync(5000)
    expect(await reading.rest()).toMatchObject([{ event: 'steadystream.close', data: { code: 3500 } }])
    await here.realtime.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stats and health say that events may be late', async () => {
    const link = cuttable()
    const { realtime } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }), {
      backplane: link.backplane,
    })
    const { serverId } = realtime.stats().channels
    expect(realtime.health()).toEqual({ status: 'healthy', serverId, isConnected: true, connections: 0 })
    link.cut()
    expect(realtime.health()).toEqual({ status: 'degraded', serverId, isConnected: true, connections: 0 })
    expect(realtime.stats()).toMatchObject({ status: 'degraded', channels: { isConnected: true, isDegraded: true } })
  })
})
