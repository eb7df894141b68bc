import { describe, expect, it, onTestFinished } from 'vitest'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane } from '../src/index.ts'

/** What a subscriber saw, in order. */
async function listen(backplane: Backplane, key: string) {
  const seen: string[] = []
  const stop = await backplane.subscribe(key, {
    event: ({ offset, json }) => seen.push(`${offset} ${json}`),
    complete: ({ offset }) => seen.push(`complete at ${offset}`),
  })
  return { seen, stop }
}

/**
 * The sentences of `Backplane`, as tests. `settled` resolves when everything published so far has been delivered.
 */
export function describeBackplane(name: string, create: () => Backplane, settled: () => Promise<void>): void {
  function open(): Backplane {
    const backplane = create()
    onTestFinished(() => backplane.close())
    return backplane
  }

  describe(`${name} as a backplane`, () => {
    it('numbers the events of a channel from 1 without holes, in the order of the calls', async () => {
      const backplane = open()
      const positions = await Promise.all(['1', '2', '3', '4'].map((json) => backplane.publish('a', json)))
      const { events } = await backplane.read('a', { after: 0, limit: 10 })
      expect(positions.map(({ offset }) => offset)).toEqual([1, 2, 3, 4])
      expect(new Set(positions.map(({ epoch }) => epoch)).size).toBe(1)
      expect(events.map(({ offset, json }) => [offset, json])).toEqual([[1, '1'], [2, '2'], [3, '3'], [4, '4']]) // prettier-ignore
    })

    it('keeps channels apart', async () => {
      const backplane = open()
      const { seen } = await listen(backplane, 'a')
      await backplane.publish('b', '1')
      await settled()
      expect(seen).toEqual([])
      expect(await backplane.publish('a', '1')).toMatchObject({ offset: 1 })
    })

    it('delivers what is published after a subscription resolved, in offset order', async () => {
      const backplane = open()
      await backplane.publish('a', '"before"')
      const { seen } = await listen(backplane, 'a')
      await backplane.publish('a', '"x"')
      await backplane.publish('a', '"y"')
      await settled()
      expect(seen).toEqual(['2 "x"', '3 "y"'])
    })

    it('never delivers an event that cannot be read yet', async () => {
      const backplane = open()
      const tops: Promise<[number, number]>[] = []
      await backplane.subscribe('a', {
        event: ({ offset }) => tops.push(backplane.read('a', { after: 0, limit: 0 }).then(({ top }) => [offset, top])),
        complete: () => {},
      })
      await backplane.publish('a', '1')
      await settled()
      expect(await Promise.all(tops)).toEqual([[1, 1]])
    })

    it('treats each subscription as its own and delivers nothing after it ended', async () => {
      const backplane = open()
      const first = await listen(backplane, 'a')
      const second = await listen(backplane, 'a')
      first.stop()
      first.stop()
      await backplane.publish('a', '1')
      await settled()
      expect([first.seen, second.seen]).toEqual([[], ['1 1']])
    })

    it('reads a range, and the extent alone', async () => {
      const backplane = open()
      for (const json of ['1', '2', '3', '4', '5']) await backplane.publish('a', json)
      const range = await backplane.read('a', { after: 2, limit: 2 })
      expect(range.events.map(({ offset }) => offset)).toEqual([3, 4])
      const extent = await backplane.read('a', { after: 0, limit: 0 })
      expect(extent).toEqual({ epoch: range.epoch, oldest: 1, top: 5, completed: false, events: [] })
      expect((await backplane.read('a', { after: 5, limit: 9 })).events).toEqual([])
    })

    it('begins the life of an unknown channel at offset 0, and goes on with it', async () => {
      const backplane = open()
      const { epoch, ...extent } = await backplane.read('new', { after: 0, limit: 9 })
      expect(extent).toEqual({ oldest: 1, top: 0, completed: false, events: [] })
      expect(await backplane.publish('new', '1')).toEqual({ epoch, offset: 1 } satisfies Position)
    })

    it('completes a channel once, tells its subscribers after its events, and refuses more', async () => {
      const backplane = open()
      const { seen } = await listen(backplane, 'a')
      await backplane.publish('a', '1')
      const end = await backplane.complete('a')
      expect(await backplane.complete('a')).toEqual(end)
      await settled()
      expect(seen).toEqual(['1 1', 'complete at 1'])
      await expect(backplane.publish('a', '2')).rejects.toMatchObject({ code: 'CHANNEL_COMPLETED' })
      expect(await backplane.read('a', { after: 0, limit: 9 })).toMatchObject({ ...endOf(end), completed: true })
    })

    it('refuses calls after close, which may be called twice', async () => {
      const backplane = open()
      await backplane.close()
      await backplane.close()
      await expect(backplane.publish('a', '1')).rejects.toMatchObject({ code: 'CLOSED' })
      await expect(backplane.read('a', { after: 0, limit: 0 })).rejects.toMatchObject({ code: 'CLOSED' })
    })
  })
}

function endOf({ epoch, offset }: Position) {
  return { epoch, top: offset }
}
