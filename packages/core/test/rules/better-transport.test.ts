import { beforeEach, describe, expect, it } from 'vitest'

import { processWide } from '../../src/env.ts'
import { openTransports } from '../support/scripted-transport.ts'
import { blocked, three } from './script-fallback.ts'

import type { scriptTransport } from '../support/scripted-transport.ts'

// What worked is remembered for the page, and all tests are one.
beforeEach(() => processWide('transports', () => new Map()).clear())

describe('a better transport', () => {
  /** On the second, with the first blocked. */
  async function onSecond() {
    const transports = three()
    const [sse, websocket] = transports
    const opened = openTransports(transports)
    await opened.clock.advance(0)
    sse.link().failed(blocked())
    await opened.clock.advance(0)
    websocket.welcome('a:0')
    websocket.bring('a:1', 1)
    await opened.clock.advance(0)
    return { ...opened, sse, websocket, transports }
  }

  it('is probed while the stream goes on, and taken over where it was', async () => {
    const { stream, clock, log, sse, websocket } = await onSecond()
    await clock.advance(37_499)
    expect(sse.links).toHaveLength(1)
    await clock.advance(1)
    expect([sse.links.length, sse.link().lastEventId]).toEqual([2, 'a:1'])
    const probe = sse.link()
    const old = websocket.link()
    websocket.bring('a:2', 2)
    await clock.advance(0)
    // What a probe is told is told again to the link that follows it.
    probe.opened()
    probe.event({ id: 'a:2', type: 'message', data: '2' })
    await clock.advance(0)
    expect([stream.transport, log.at(-1)]).toEqual(['websocket', 'data 2'])
    probe.bytes(1)
    await clock.advance(0)
    expect([probe.signal.aborted, old.signal.aborted, sse.links.length]).toEqual([true, true, 3])
    expect([sse.link().lastEventId, stream.transport]).toEqual(['a:2', 'sse'])
    sse.welcome('a:2')
    sse.bring('a:3', 3)
    await clock.advance(0)
    expect(log.slice(4)).toEqual(['data 1', 'data 2', 'retrying upgrade by sse', 'connected opened by sse', 'data 3'])
  })

  it.each<[string, (probe: ReturnType<typeof scriptTransport>) => unknown]>([
    ['fails', (sse) => sse.link().failed(blocked())],
    ['ends', (sse) => sse.link().ended()],
    ['completes', (sse) => sse.link().completed()],
  ])('that %s when it is probed changes nothing, and is probed again after twice the time', async (_, end) => {
    const { stream, clock, log, sse } = await onSecond()
    await clock.advance(37_500)
    const before = log.length
    end(sse)
    await clock.advance(74_999)
    expect(sse.links).toHaveLength(2)
    await clock.advance(1)
    expect([sse.links.length, stream.transport, log.length]).toEqual([3, 'websocket', before])
  })

  it('that does not answer within 15 s when it is probed is let go', async () => {
    const { clock, sse } = await onSecond()
    await clock.advance(37_500)
    await clock.advance(14_999)
    expect(sse.link().signal.aborted).toBe(false)
    await clock.advance(1)
    expect(sse.link().signal.aborted).toBe(true)
  })

  it('is not looked for any more after close(), nor is a probe left', async () => {
    const { stream, clock, sse } = await onSecond()
    await clock.advance(37_500)
    stream.close()
    expect([sse.link().signal.aborted, clock.pending]).toEqual([true, 0])
    await clock.advance(600_000)
    expect(sse.links).toHaveLength(2)
  })

  it('is not taken over where it is refused by the one that follows the probe: the stream goes back', async () => {
    const { stream, clock, sse, websocket } = await onSecond()
    await clock.advance(37_500)
    sse.link().opened()
    sse.link().bytes(1)
    await clock.advance(0)
    sse.link().failed(blocked())
    await clock.advance(0)
    expect([stream.transport, websocket.links.length, websocket.link().lastEventId]).toEqual(['websocket', 2, 'a:1'])
  })
})
