import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'

import { systemClock } from '../../src/env.ts'
import { StreamError } from '../../src/index.ts'
import { recordLink } from '../websocket/record-link.ts'

import type { Link } from '../../src/index.ts'
import type { Provided } from '../../src/options.ts'
import type { ContractServer, Limits, Serve } from './contract-server.ts'

const ends = /^(ended|completed|failed)/

/** What a transport owes the link that it is told to connect. */
export function describeLinks(serve: Serve, limits: Limits): void {
  function connect(
    server: ContractServer,
    facts: Parameters<typeof recordLink>[0] = {},
    change: Partial<Link> = {},
    url: Provided<string> = server.url,
  ) {
    const recorded = recordLink({ maxEventSize: 1e6, ...facts })
    Object.assign(recorded.link, { clock: server.clock ?? systemClock }, change)
    const transport = server.make(url)({})
    transport.connect(recorded.link)
    onTestFinished(recorded.abort)
    const words = () => recorded.told.map((line) => line.split(' ')[0])
    return { ...recorded, transport, words }
  }

  const rejections: unknown[] = []
  const note = (reason: unknown) => void rejections.push(reason)
  beforeEach(() => {
    rejections.length = 0
    process.on('unhandledRejection', note)
  })
  afterEach(() => {
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })

  it('says who it is before it asks, and first of all that it is open', async () => {
    const server = await serve()
    const askedWhenIdentified: number[] = []
    const { words } = connect(server, {}, { identify: () => void askedWhenIdentified.push(server.asked) })
    await server.until(() => expect(words()).toContain('event'))
    expect(askedWhenIdentified[0]).toBe(0)
    expect(words().filter((word) => word === 'opened')).toHaveLength(1)
    expect(words()[0]).toBe('opened')
  })

  it('does not ask where that has been refused', async () => {
    const server = await serve()
    const { told } = connect(
      server,
      {},
      {
        identify() {
          throw new StreamError('UNAUTHORIZED', 'the same again', { retryable: false })
        },
      },
    )
    await server.until(() => expect(told).toEqual(['failed UNAUTHORIZED final']))
    expect(server.asked).toBe(0)
  })

  it.each<[string, Provided<string>]>([
    [
      'throws',
      () => {
        throw new Error('no url')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no url'))],
    ['gives none', () => 'not a url'],
  ])('fails, and does not throw, where its url function %s', async (_, url) => {
    const server = await serve()
    const { told } = connect(server, {}, {}, url)
    await server.until(() => expect(told).toEqual(['failed REQUEST retried']))
  })

  describe('ends once', () => {
    it('when it is cut', async () => {
      const server = await serve()
      const { told, words } = connect(server)
      await server.until(() => expect([words().includes('event'), server.open]).toEqual([true, 1]))
      server.cut()
      await server.until(() => expect(told.filter((line) => ends.test(line))).toHaveLength(1))
      // Whatever it is told later.
      await server.publish(1)
      server.cut()
      await new Promise(setImmediate)
      expect(told.filter((line) => ends.test(line))).toHaveLength(1)
      expect(told.at(-1)).toMatch(ends)
      if (limits.seesRelease) await server.until(() => expect(server.open).toBe(0))
    })

    it('when the channel is complete', async () => {
      const server = await serve()
      const { told, words, abort } = connect(server)
      await server.until(() => expect([words().includes('event'), server.open]).toEqual([true, 1]))
      await server.complete()
      await server.until(() => expect(told.some((line) => /^(ended|completed)/.test(line))).toBe(true))
      abort()
      await new Promise(setImmediate)
      expect(told.filter((line) => ends.test(line))).toHaveLength(1)
      if (limits.seesRelease) await server.until(() => expect(server.open).toBe(0))
    })

    it('when it is refused', async () => {
      const server = await serve()
      server.refuse(true)
      const { told } = connect(server)
      await server.until(() => expect(told.filter((line) => ends.test(line))).toHaveLength(1))
      expect(told.filter((line) => line.startsWith('event'))).toEqual([])
    })
  })

  it('obeys an abort at any turn of a life: nothing is told after it, and nothing left', async () => {
    const server = await serve({ history: 1000 })
    await server.publish('earlier')
    const lives: number[] = []
    for (let turn = 0; turn < 60; turn++) {
      const { told, abort, link, words } = connect(server, { fromStart: true })
      // Microtasks first, and then turns of the event loop; halfway something is published.
      for (let n = 0; n < Math.min(turn, 30); n++) await Promise.resolve()
      for (let n = 30; n < turn; n++) {
        await (server.clock ? server.clock.advance(n % 5 ? 0 : 100) : new Promise(setImmediate))
        if (n === 45) await server.publish(`turn ${turn}`)
      }
      lives.push(told.length)
      abort()
      await new Promise(setImmediate)
      // A link hears nothing once it is over; by the next turn there is nothing to be heard.
      const before = told.length
      const asked = server.asked
      await server.publish('after')
      for (let n = 0; n < 3; n++) await (server.clock ? server.clock.advance(0) : new Promise(setImmediate))
      // But for an end that is found out late.
      const late = words().slice(before)
      expect([turn, late.filter((word) => !ends.test(word ?? ''))]).toEqual([turn, []])
      // A request may have been on its way.
      expect(server.asked - asked).toBeLessThanOrEqual(1)
      if (server.clock === link.clock) expect(server.clock.pending).toBe(0)
    }
    expect(lives[0]).toBe(0)
    if (limits.seesRelease) await server.until(() => expect(server.open).toBe(0))
  })

  it('holds the server back while nobody reads, where it can', async () => {
    const server = await serve({ history: 1000 })
    await server.publish(...Array.from({ length: 400 }, (_, n) => [n, 'x'.repeat(30_000)]))
    let release = () => {}
    const room = new Promise<void>((resolve) => (release = resolve))
    let isHeld = false
    const change: Partial<Link> = { ready: () => (isHeld ? room : undefined) }
    const recorded = connect(server, { fromStart: true }, change)
    const { told, words, transport } = recorded
    const events = () => told.filter((line) => line.startsWith('event message'))
    const tell = recorded.link.event
    recorded.link.event = (event) => {
      isHeld = true
      tell(event)
    }
    if (transport.holdsBack === false) {
      await server.until(() => expect(events()).toHaveLength(400))
      return
    }
    await server.until(() => expect(words()).toContain('event'))
    const isPolling = transport.name === 'polling'
    // A poll holds its answer and asks for no other; a stream lets the network fill up.
    if (limits.hasSockets && !isPolling) await server.until(() => expect(server.isBlocked).toBe(true))
    for (let n = 0; n < 20; n++) await (server.clock?.advance(100) ?? new Promise(setImmediate))
    expect(events().length).toBeLessThan(10)
    if (isPolling) expect(server.asked).toBe(1)
    isHeld = false
    recorded.link.event = tell
    release()
    await server.until(() => expect(events()).toHaveLength(400))
    expect(events().map((line) => Number(/\[(\d+),/.exec(line)?.[1]))).toEqual(Array.from({ length: 400 }, (_, n) => n))
  })
}
