import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { memoryBackplane } from '../src/index.ts'
import { isEmpty } from './support/is-empty.ts'
import { publishThree, readEnvelopes } from './support/follow-stream.ts'
import { readStream } from './support/read-stream.ts'
import { serveChannels } from './support/serve-channels.ts'
import { until } from './support/until.ts'

import type { Authorize, Backplane } from '../src/index.ts'
import type { Block, Reading } from './support/read-stream.ts'

describe('many channels for a native EventSource', () => {
  const lastId = (blocks: readonly Block[]) => blocks.findLast(({ id }) => id !== undefined)?.id

  /** The ids that stand alone, in order. */
  const cursors = ({ text }: Reading) => Array.from(text().matchAll(/^id: (.*)\n\n/gm), ([, id = '']) => id)

  it('tell it where it stands in all of them, at most once a second, in a block that is no event', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await serveChannels()
    const [a = '', b = ''] = await publishThree(realtime, 'a', 'b')
    const stream = await readStream(port, { path: '/events?channels=a&channels=b' })
    await until(() => cursors(stream).length === 1)
    for (let n = 0; n < 5; n++) await realtime.publish('b', n)
    await until(() => stream.text().includes('"data":4'))
    expect(cursors(stream)).toEqual([`${a}:3,${b}:3`])
    await vi.advanceTimersByTimeAsync(1000)
    await until(() => cursors(stream).length === 2)
    await vi.advanceTimersByTimeAsync(5000)
    expect(cursors(stream)).toEqual([`${a}:3,${b}:3`, `${a}:3,${b}:8`])
    const blocks = await stream.take(4)
    expect(lastId(blocks)).toBeUndefined()
    stream.leave()
    await until(() => isEmpty(realtime))
  })

  it('go on from there when it comes back, with what was published meanwhile', async () => {
    const { realtime, port } = await serveChannels()
    const [a = '', b = ''] = await publishThree(realtime, 'a', 'b')
    const headers = { 'Last-Event-ID': `${a}:2,${b}:3` }
    const stream = await readStream(port, { path: '/events?channels=a&channels=b', headers })
    const envelopes = readEnvelopes(stream)
    await stream.take(1)
    const told = await envelopes(3)
    expect(
      new Set(told.map(({ channel, recovered, data }) => `${String(channel)} ${String(data ?? recovered)}`)),
    ).toEqual(new Set(['a true', 'b true', 'a 3']))
  })

  it('are told once more before the server goes, so that nothing comes twice', async () => {
    const { realtime, port } = await serveChannels()
    const stream = await readStream(port, { path: '/events?channels=a' })
    await until(() => cursors(stream).length === 1)
    const { epoch } = await realtime.publish('a', 1)
    await realtime.close()
    await stream.over
    expect(cursors(stream)).toEqual([`${epoch}:0`, `${epoch}:1`])
  })

  /** A broker that does not let `b` be followed yet. */
  function withoutB(refuse: () => Promise<never>) {
    const inner = memoryBackplane()
    let isDown = true
    const subscribe: Backplane['subscribe'] = (key, receiver) =>
      isDown && key === 'name:b' ? refuse() : inner.subscribe(key, receiver)
    return { backplane: { ...inner, subscribe }, recover: () => void (isDown = false) }
  }

  it.each([
    ['B:1', 'B:1'],
    ['-', '-'],
    ['start', 'start'],
    ['what no channel can honour', '!'],
  ])('stand in one that has not begun when the server goes where they asked to: at %s', async (asked, told) => {
    const { backplane } = withoutB(() => new Promise(() => {}))
    const { realtime, port } = await serveChannels({ backplane })
    const [a = ''] = await publishThree(realtime, 'a')
    const headers = { 'Last-Event-ID': `${a}:2,${asked}` }
    const stream = await readStream(port, { path: '/events?channels=a&channels=b', headers })
    await until(() => stream.text().includes('"data":3'))
    await realtime.close()
    await stream.over
    expect(cursors(stream)).toEqual([`${a}:3,${told}`])
  })

  it.each([
    ['what they missed', ':1', [2, 3]],
    ['all', 'start', [1, 2, 3]],
  ])('get %s of one that could not be followed when they come back', async (_, asked, missed) => {
    const { backplane, recover } = withoutB(() => Promise.reject(new Error('down')))
    const { realtime, port } = await serveChannels({ backplane })
    const [a = '', b = ''] = await publishThree(realtime, 'a', 'b')
    const come = (cursor: string) =>
      readStream(port, { path: '/events?channels=a&channels=b', headers: { 'Last-Event-ID': cursor } })
    const stream = await come(`${a}:3,${asked.replace(':', `${b}:`)}`)
    await until(() => cursors(stream).length === 1)
    stream.leave()
    recover()
    const again = await come(String(cursors(stream)[0]))
    await again.take(1)
    const told = await readEnvelopes(again)(2 + missed.length)
    expect(told.filter(({ type }) => type === 'event').map(({ data }) => data)).toEqual(missed)
    expect(told.filter(({ type }) => type === 'gap')).toEqual([])
  })

  it.each(['e:1', 'e:1,e:1,e:1', 'nonsense', '!', `${'e'.repeat(3000)}:1,e:1`, '%0a,%0a'])(
    'security 22: a cursor that cannot be read is a gap in each: %s',
    async (cursor) => {
      const { realtime, port } = await serveChannels()
      await publishThree(realtime, 'a', 'b')
      const path = `/events?channels=a&channels=b&lastEventId=${cursor}`
      const stream = await readStream(port, { path })
      await stream.take(1)
      const told = await readEnvelopes(stream)(10)
      const gaps = told.filter(({ type }) => type === 'gap')
      expect(new Set(gaps.map(({ channel }) => channel))).toEqual(new Set(['a', 'b']))
      expect(told.filter(({ type }) => type === 'event')).toHaveLength(6)
    },
  )

  it('are a gap where there are too many of them for a cursor of 2 KB', async () => {
    const { port } = await serveChannels({ limits: { channelsPerConnection: 200 } })
    const query = Array.from({ length: 200 }, (_, n) => `channels=room-${n}`).join('&')
    const stream = await readStream(port, { path: `/events?${query}` })
    await until(() => cursors(stream).length === 1)
    expect(cursors(stream)).toEqual(['!'])
  })

  it('answers 204 where it has everything there will be', async () => {
    const { realtime, port } = await serveChannels()
    const [a = '', b = ''] = await publishThree(realtime, 'a', 'b')
    await realtime.complete('a')
    const ask = async () => {
      const headers = { 'Last-Event-ID': `${a}:3,${b}:3` }
      const stream = await readStream(port, { path: '/events?channels=a&channels=b', headers })
      if (stream.status === 200) stream.leave()
      return stream.status
    }
    expect(await ask()).toBe(200)
    await realtime.complete('b')
    expect(await ask()).toBe(204)
  })

  it('does not send it away for good from one that only cannot be judged, or followed, now', async () => {
    const authorize = vi.fn<Authorize>(() => true)
    const { realtime, port } = await serveChannels({ authorize, limits: { channelsPerConnection: 2 } })
    const [a = '', b = '', c = ''] = await publishThree(realtime, 'a', 'b', 'c')
    await realtime.complete('a')
    await realtime.complete('b')
    const ask = async (names: readonly string[], cursor: string) => {
      const query = names.map((name) => `channels=${name}`).join('&')
      const stream = await readStream(port, { path: `/events?${query}`, headers: { 'Last-Event-ID': cursor } })
      if (stream.status === 200) stream.leave()
      return stream.status
    }
    expect(await ask(['a', 'b', 'c'], `${a}:3,${b}:3,-`)).toBe(200)
    authorize.mockImplementation((_, __, channel) => channel === 'a' || Promise.reject(new Error('no database')))
    expect(await ask(['a', 'c'], `${a}:3,${c}:3`)).toBe(200)
    authorize.mockImplementation((_, __, channel) => channel === 'a')
    expect(await ask(['a', 'c'], `${a}:3,${c}:3`)).toBe(204)
  })
})
