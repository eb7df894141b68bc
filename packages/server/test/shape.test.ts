import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createRealtime, memoryBackplane } from '../src/index.ts'
import { nameChannel } from '../src/channel.ts'
import { sleep } from '../src/env.ts'
import { readStream } from './support/read-stream.ts'
import { serve } from './support/serve.ts'

import type { Backplane, Channel, Shape } from '../src/index.ts'

/** Its broker takes `delayMs` for a publish. */
function open(delayMs = 0) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const inner = memoryBackplane()
  const publish: Backplane['publish'] = (...args) => sleep(delayMs).then(() => inner.publish(...args))
  const backplane = delayMs === 0 ? inner : { ...inner, publish }
  const realtime = createRealtime({ backplane })
  onTestFinished(() => realtime.close())
  const read = async (channel: Channel) => {
    const { events } = await backplane.read(nameChannel(channel).key, { after: 0, limit: 10_000 })
    return events.map(({ json }) => JSON.parse(json) as unknown)
  }
  return { realtime, read }
}

describe('a channel that is shaped', () => {
  it('gets the first event at once, and the others in batches at its pace', async () => {
    const { realtime, read } = open()
    realtime.channels.shape('a', { maxPerSecond: 10 })
    const positions = [1, 2, 3].map((n) => realtime.publish('a', n))
    await vi.advanceTimersByTimeAsync(99)
    expect(await read('a')).toEqual([[1]])
    await vi.advanceTimersByTimeAsync(1)
    expect(await read('a')).toEqual([[1], [2, 3]])
    expect((await Promise.all(positions)).map(({ offset }) => offset)).toEqual([1, 2, 2])
    await vi.advanceTimersByTimeAsync(100)
    await realtime.publish('a', 4)
    expect(await read('a')).toEqual([[1], [2, 3], [4]])
  })

  it('turns 1,000 updates a second into ten batches, and loses none', async () => {
    const { realtime, read } = open()
    realtime.channels.shape('a', { maxPerSecond: 10 })
    for (let n = 0; n < 1000; n++) {
      void realtime.publish('a', n)
      await vi.advanceTimersByTimeAsync(1)
    }
    await vi.advanceTimersByTimeAsync(100)
    const batches = await read('a')
    expect(batches.length).toBeLessThanOrEqual(11)
    expect(batches.flat()).toEqual(Array.from({ length: 1000 }, (_, n) => n))
  })

  it('gets the latest of each key, as events of their own', async () => {
    const { realtime, read } = open()
    const shape: Shape<unknown> = { maxPerSecond: 1, latestByKey: (event) => String(event)[0] }
    realtime.channels.shape('a', shape)
    for (const event of ['x1', 'x2', 'y1', 'x3', 'z1', 'y2']) void realtime.publish('a', event)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await read('a')).toEqual(['x1', 'x3', 'z1', 'y2'])
  })

  it('gets what a function makes of the events', async () => {
    const { realtime, read } = open()
    realtime.channels.shape('a', { maxPerSecond: 2, batch: (events) => ({ count: events.length }) })
    for (let n = 0; n < 5; n++) void realtime.publish('a', n)
    await vi.advanceTimersByTimeAsync(500)
    expect(await read('a')).toEqual([{ count: 1 }, { count: 4 }])
  })

  it('may be one of a type, each of which has its own pace, and none of another kind', async () => {
    const { realtime, read } = open()
    const end = realtime.channels.shape({ type: 'job' }, { maxPerSecond: 1 })
    const [one, two] = [
      { type: 'job', id: '1' },
      { type: 'job', userId: '1' },
    ] as const
    for (const channel of [one, two, 'job', { type: 'jobs', id: '1' }]) {
      for (const n of [1, 2]) void realtime.publish(channel, n)
    }
    await vi.advanceTimersByTimeAsync(1000)
    const [first, second, third, fourth] = await Promise.all([one, two, 'job', { type: 'jobs', id: '1' }].map(read))
    expect([first, second, third, fourth]).toEqual([[[1], [2]], [[1], [2]], [1, 2], [1, 2]]) // prettier-ignore
    end()
    await vi.advanceTimersByTimeAsync(1000)
    await realtime.publish(one, 3)
    expect(await read(one)).toEqual([[1], [2], 3])
  })

  it('has got everything when it is completed, and when the server closes', async () => {
    const { realtime } = open()
    const { realtime: served, port } = await serve((self, req, res) => self.node(req, res, { channel: 'a' }))
    for (const each of [realtime, served]) each.channels.shape('a', { maxPerSecond: 0.01 })
    const stream = await readStream(port)
    await stream.take(1)
    for (const n of [1, 2, 3]) void served.publish('a', n)
    void served.close()
    expect((await stream.take(2)).map(({ data }) => data)).toEqual([[1], [2, 3]])
    for (const n of [1, 2, 3]) void realtime.publish('a', n)
    await realtime.complete('a')
    expect(vi.getTimerCount()).toBe(0)
    await expect(realtime.publish('a', 4)).rejects.toMatchObject({ code: 'CHANNEL_COMPLETED' })
  })

  it.each([
    ['complete', 'CHANNEL_COMPLETED'],
    ['close', 'published'],
  ] as const)('tells who publishes during %s(): %s', async (method, outcome) => {
    const { realtime } = open(5)
    realtime.channels.shape('a', { maxPerSecond: 0.01 })
    const tell = (n: number) =>
      realtime.publish('a', n).then(
        () => 'published',
        (error: unknown) => (error as { code?: unknown }).code,
      )
    const before = [1, 2].map(tell)
    const over = method === 'close' ? realtime.close() : realtime.complete('a')
    await vi.advanceTimersByTimeAsync(1)
    const during = [3, 4].map(tell)
    await vi.advanceTimersByTimeAsync(20)
    await over
    expect(vi.getTimerCount()).toBe(0)
    expect(await Promise.all([...before, ...during])).toEqual(['published', 'published', outcome, outcome])
  })

  it('rests no longer once its server is closed: who publishes is told at once', async () => {
    const { realtime } = open()
    realtime.channels.shape('a', { maxPerSecond: 0.01 })
    await realtime.close()
    for (const n of [1, 2]) await expect(realtime.publish('a', n)).rejects.toMatchObject({ code: 'CLOSED' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('tells each publisher what became of his event', async () => {
    const { realtime } = open()
    const fail = (): never => {
      throw new Error('cannot join these')
    }
    realtime.channels.shape('a', { maxPerSecond: 1, batch: fail })
    await expect(realtime.publish('a', 1)).rejects.toThrow('cannot join these')
    realtime.channels.shape('b', { maxPerSecond: 1, batch: () => undefined })
    await expect(realtime.publish('b', 1)).rejects.toThrow(TypeError)
  })

  it.each<[unknown, string]>([
    [{}, 'shape.maxPerSecond must be a number from 0.01 to 1000, got undefined'],
    [{ maxPerSecond: 0 }, 'got 0'],
    [{ maxPerSecond: NaN }, 'got NaN'],
    [{ maxPerSecond: 1, batch: true }, 'shape.batch must be a function, got true'],
    [{ maxPerSecond: 1, latestByKey: 'id' }, 'shape.latestByKey must be a function, got "id"'],
    [{ maxPerSecond: 1, latest: 1 }, 'shape.latest is not an option'],
  ])('takes no shape such as %j', (shape, message) => {
    const { realtime } = open()
    // On purpose what the type forbids.
    expect(() => realtime.channels.shape('a', shape as Shape<unknown>)).toThrow(message)
    expect(() => realtime.channels.shape('', { maxPerSecond: 1 })).toThrow(TypeError)
    expect(() => realtime.channels.shape({ type: '' }, { maxPerSecond: 1 })).toThrow(TypeError)
  })
})
