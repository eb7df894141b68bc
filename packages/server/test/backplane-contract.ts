import { describe, expect, it, onTestFinished } from 'vitest'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane, Receiver } from '../src/index.ts'

/** What server processes share. */
export interface World {
  /** What one process has in its hands; the same as before where there can be only one. */
  open(): Backplane
  /** Resolves when everything published so far has been delivered. */
  settled(): Promise<void>
}

const extent = { after: 0, limit: 0 }

export function receiver(part: Partial<Receiver>): Receiver {
  return { event: () => {}, missed: () => {}, complete: () => {}, ...part }
}

/** What a subscriber saw, in order. */
export async function listen(backplane: Backplane, key: string) {
  const seen: string[] = []
  const stop = await backplane.subscribe(key, {
    event: ({ offset, json }) => seen.push(`${offset} ${json}`),
    missed: ({ offset }) => seen.push(`missed up to ${offset}`),
    complete: ({ offset }) => seen.push(`complete at ${offset}`),
  })
  return { seen, stop }
}

/** The sentences of `Backplane`, as tests. Each is given a world of its own. */
export function describeBackplane(name: string, create: () => World): void {
  function enter() {
    const world = create()
    const open = () => {
      const backplane = world.open()
      onTestFinished(() => backplane.close())
      return backplane
    }
    return { open, settled: () => world.settled() }
  }

  describe(`${name} as a backplane`, () => {
    it('numbers the events of a channel from 1 without holes, in the order of the calls', async () => {
      const backplane = enter().open()
      const positions = await Promise.all(['1', '2', '3', '4'].map((json) => backplane.publish('a', json)))
      const { events } = await backplane.read('a', { after: 0, limit: 10 })
      expect(positions.map(({ offset }) => offset)).toEqual([1, 2, 3, 4])
      expect(new Set(positions.map(({ epoch }) => epoch)).size).toBe(1)
      expect(events.map(({ offset, json }) => [offset, json])).toEqual([[1, '1'], [2, '2'], [3, '3'], [4, '4']]) // prettier-ignore
    })

    it('gives the events of several processes one order, which all of them see', async () => {
      const { open, settled } = enter()
      const [here, there] = [open(), open()]
      const [one, two] = [await listen(here, 'a'), await listen(there, 'a')]
      const jsons = Array.from({ length: 40 }, (_, index) => String(index))
      await Promise.all(jsons.map((json, index) => (index % 2 ? here : there).publish('a', json)))
      await settled()
      const { events } = await there.read('a', { after: 0, limit: 100 })
      expect(one.seen).toEqual(events.map(({ offset, json }) => `${offset} ${json}`))
      expect(two.seen).toEqual(one.seen)
      expect(events.map(({ json }) => json).toSorted()).toEqual(jsons.toSorted())
    })

    it('keeps channels apart', async () => {
      const { open, settled } = enter()
      const backplane = open()
      const { seen } = await listen(backplane, 'a')
      await backplane.publish('b', '1')
      await settled()
      expect(seen).toEqual([])
      expect(await backplane.publish('a', '1')).toMatchObject({ offset: 1 })
    })

    it('security 13: keeps channels apart whatever their names hold', async () => {
      const { open, settled } = enter()
      const backplane = open()
      const keys = ['a', 'a*', '*', '?', '[a]', '{a}', '{', '}', 'a}', '%7Ba%7D', 'a\\', 'a:b', 'a b', 'á', 'a\n', '__proto__', 'constructor'] // prettier-ignore
      const all = await Promise.all(keys.map((key) => listen(backplane, key)))
      for (const key of keys) await backplane.publish(key, JSON.stringify(key))
      await settled()
      expect(all.map(({ seen }) => seen)).toEqual(keys.map((key) => [`1 ${JSON.stringify(key)}`]))
      for (const key of keys) {
        const { events } = await backplane.read(key, { after: 0, limit: 9 })
        expect(events.map(({ json }) => json)).toEqual([JSON.stringify(key)])
      }
    })

    it('brings an event as it was published, whatever it holds', async () => {
      const { open, settled } = enter()
      const [here, there] = [open(), open()]
      const { seen } = await listen(there, 'a')
      const jsons = ['null', '""', '"a\\nb\\u0000:1:2"', '{"a":"é😀\u2028"}', `"${'x'.repeat(100_000)}"`]
      for (const json of jsons) await here.publish('a', json)
      await settled()
      expect(seen).toEqual(jsons.map((json, index) => `${index + 1} ${json}`))
      expect((await there.read('a', { after: 0, limit: 9 })).events.map(({ json }) => json)).toEqual(jsons)
    })

    it('delivers what is published after a subscription resolved, in offset order', async () => {
      const { open, settled } = enter()
      const [here, there] = [open(), open()]
      await here.publish('a', '"before"')
      const { seen } = await listen(there, 'a')
      await here.publish('a', '"x"')
      await there.publish('a', '"y"')
      await settled()
      expect(seen).toEqual(['2 "x"', '3 "y"'])
    })

    it('never delivers an event that cannot be read yet', async () => {
      const { open, settled } = enter()
      const backplane = open()
      const tops: Promise<[number, number]>[] = []
      await backplane.subscribe(
        'a',
        receiver({ event: ({ offset }) => tops.push(backplane.read('a', extent).then(({ top }) => [offset, top])) }),
      )
      await backplane.publish('a', '1')
      await settled()
      expect(await Promise.all(tops)).toEqual([[1, 1]])
    })

    it('treats each subscription as its own and delivers nothing after it ended', async () => {
      const { open, settled } = enter()
      const backplane = open()
      const first = await listen(backplane, 'a')
      const second = await listen(backplane, 'a')
      first.stop()
      first.stop()
      await backplane.publish('a', '1')
      await settled()
      expect([first.seen, second.seen]).toEqual([[], ['1 1']])
    })

    it('loses nothing while others come and go', async () => {
      const { open, settled } = enter()
      const [here, there] = [open(), open()]
      const steady = await listen(there, 'a')
      for (let offset = 1; offset <= 20; offset++) {
        const coming = listen(there, 'a')
        void here.publish('a', String(offset))
        const passing = await coming
        passing.stop()
      }
      await settled()
      expect(steady.seen).toEqual(Array.from({ length: 20 }, (_, index) => `${index + 1} ${index + 1}`))
    })

    it('reads a range, and the extent alone', async () => {
      const { open } = enter()
      const [here, there] = [open(), open()]
      for (const json of ['1', '2', '3', '4', '5']) await here.publish('a', json)
      for (const backplane of [here, there]) {
        const range = await backplane.read('a', { after: 2, limit: 2 })
        expect(range.events.map(({ offset }) => offset)).toEqual([3, 4])
        expect(await backplane.read('a', extent)).toEqual({ epoch: range.epoch, oldest: 1, top: 5, completed: false, events: [] }) // prettier-ignore
        expect((await backplane.read('a', { after: 5, limit: 9 })).events).toEqual([])
      }
    })

    it('reads what was published, as soon as that resolves', async () => {
      const { open } = enter()
      const [here, there] = [open(), open()]
      const { stop } = await listen(there, 'a')
      for (let offset = 1; offset <= 20; offset++) {
        // One that began before, which has to be nobody else's answer.
        const before = there.read('a', extent)
        await here.publish('a', String(offset))
        expect((await there.read('a', extent)).top).toBe(offset)
        expect((await here.read('a', { after: offset - 1, limit: 1 })).events).toMatchObject([{ offset }])
        await before
      }
      stop()
    })

    it('begins the life of an unknown channel at offset 0, and goes on with it', async () => {
      const { open } = enter()
      const [here, there] = [open(), open()]
      const { epoch, ...rest } = await here.read('new', { after: 0, limit: 9 })
      expect(rest).toEqual({ oldest: 1, top: 0, completed: false, events: [] })
      expect(await there.publish('new', '1')).toEqual({ epoch, offset: 1 } satisfies Position)
    })

    it('completes a channel once, tells its subscribers after its events, and refuses more', async () => {
      const { open, settled } = enter()
      const [here, there] = [open(), open()]
      const { seen } = await listen(there, 'a')
      await here.publish('a', '1')
      const end = await here.complete('a')
      expect(await there.complete('a')).toEqual(end)
      await settled()
      expect(seen).toEqual(['1 1', 'complete at 1'])
      for (const backplane of [here, there]) {
        await expect(backplane.publish('a', '2')).rejects.toMatchObject({ code: 'CHANNEL_COMPLETED' })
        const page = await backplane.read('a', { after: 0, limit: 9 })
        expect(page).toMatchObject({ epoch: end.epoch, top: end.offset, completed: true })
      }
    })

    it('publishes once what comes again with its key, from any process, also after the end', async () => {
      const { open, settled } = enter()
      const [here, there] = [open(), open()]
      const { seen } = await listen(here, 'a')
      const idempotencyKey = 'é {}*:1'
      const first = await here.publish('a', '1', { idempotencyKey })
      const others = await Promise.all([here, there].map((each) => each.publish('a', '1', { idempotencyKey })))
      await there.publish('a', '2', { idempotencyKey: 'another' })
      await there.complete('a')
      expect([...others, await here.publish('a', '1', { idempotencyKey })]).toEqual([first, first, first])
      await settled()
      expect(seen).toEqual(['1 1', '2 2', 'complete at 2'])
    })

    it('keeps the keys of one channel from another', async () => {
      const backplane = enter().open()
      const position = await backplane.publish('a', '1', { idempotencyKey: 'k' })
      expect(await backplane.publish('b', '1', { idempotencyKey: 'k' })).not.toEqual(position)
      expect((await backplane.read('b', extent)).top).toBe(1)
    })

    it('says who it is and how it is', async () => {
      const { open } = enter()
      const [here, there] = [open(), open()]
      await listen(here, 'a')
      await here.publish('a', '1')
      expect(here.stats()).toMatchObject({ isConnected: true, isDegraded: false })
      expect(here.stats().serverId).toMatch(/^\S+$/)
      expect(here.stats().serverId === there.stats().serverId).toBe(here === there)
    })

    it('refuses calls after close, which may be called twice', async () => {
      const { open } = enter()
      const backplane = open()
      const { seen } = await listen(backplane, 'a')
      await backplane.publish('a', '1')
      await Promise.all([backplane.close(), backplane.close()])
      await backplane.close()
      for (const call of [
        backplane.publish('a', '1'),
        backplane.complete('a'),
        backplane.read('a', extent),
        backplane.subscribe('a', receiver({})),
      ]) {
        await expect(call).rejects.toMatchObject({ code: 'CLOSED' })
      }
      expect(seen.length).toBeLessThan(2)
      expect(backplane.stats().isConnected).toBe(false)
    })
  })
}
