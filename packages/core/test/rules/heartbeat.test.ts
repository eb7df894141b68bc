import { describe, expect, it } from 'vitest'

import { createManualClock } from '../../src/testing/index.ts'
import { openScripted } from '../support/open-scripted.ts'

const lost = ['error HEARTBEAT retried', 'retrying lost']

/** Asserts that the link outlives `ms` of silence by nothing. */
async function expectLossAfter({ clock, told }: ReturnType<typeof openScripted>, ms: number): Promise<void> {
  await clock.advance(ms - 1)
  expect(told('error')).toEqual([])
  await clock.advance(1)
  expect(told('error')).toEqual(['HEARTBEAT retried'])
}

describe('heartbeat', () => {
  it('allows five minutes of silence while nothing is known', async () => {
    const opened = openScripted()
    await opened.clock.advance(0)
    await expectLossAfter(opened, 300_000)
    expect(opened.log.slice(-2)).toEqual(lost)
  })

  it('is not armed by events', async () => {
    const opened = openScripted()
    await opened.clock.advance(0)
    opened.server.connection(0).push('data')
    await opened.clock.advance(0)
    await expectLossAfter(opened, 300_000)
  })

  it('is armed by the first comment: two intervals of 25 s', async () => {
    const opened = openScripted()
    await opened.clock.advance(100_000)
    opened.server.connection(0).comment('hello')
    await opened.clock.advance(0)
    await expectLossAfter(opened, 50_000)
  })

  it('is armed by the connected event, which announces the interval', async () => {
    const opened = openScripted()
    await opened.clock.advance(0)
    opened.server.connection(0).connected({ heartbeatInterval: 7000 })
    await opened.clock.advance(0)
    await expectLossAfter(opened, 14_000)
  })

  it('is armed by its option, which wins over what the server announces', async () => {
    const opened = openScripted({ heartbeatInterval: 1000 })
    await opened.clock.advance(0)
    opened.server.connection(0).connected({ heartbeatInterval: 7000 })
    opened.server.connection(0).comment('hello')
    await opened.clock.advance(0)
    await expectLossAfter(opened, 2000)
  })

  it('stays armed on the links that follow', async () => {
    const { server, clock, told, dials } = openScripted({ jitter: 0 })
    await clock.advance(0)
    server.connection(0).comment('hello')
    server.connection(0).end()
    await clock.advance(1000)
    expect(dials).toEqual([0, 1000])
    await clock.advance(49_999)
    expect(told('error')).toEqual(['ENDED retried'])
    await clock.advance(1)
    expect(told('error')).toEqual(['ENDED retried', 'HEARTBEAT retried'])
  })

  it.each(['nonsense', 'null', '{"heartbeatInterval":"7"}', '{"heartbeatInterval":-1}', '[]'])(
    'is not upset by a connected event that says %s',
    async (data) => {
      const opened = openScripted()
      await opened.clock.advance(0)
      opened.server.connection(0).raw(`event: steadystream.connected\ndata: ${data}\n\n`)
      await opened.clock.advance(0)
      await expectLossAfter(opened, 300_000)
    },
  )

  it('is off with 0', async () => {
    const { server, clock, told } = openScripted({ heartbeatInterval: 0 })
    await clock.advance(0)
    server.connection(0).connected()
    server.connection(0).comment()
    await clock.advance(24 * 3_600_000)
    expect(told('error')).toEqual([])
  })

  it('trap 7: is fed by every byte, be it a comment, half a line or an event', async () => {
    const { server, clock, told } = openScripted({ heartbeatInterval: 1000 })
    await clock.advance(0)
    for (const piece of [':\n\n', 'da', 'ta: 1', '\n', '\n', 'retry: 5', '\n\n', 'id\n\n', ': ', '\n']) {
      await clock.advance(1999)
      server.connection(0).raw(piece)
      await clock.advance(0)
    }
    expect(told('error')).toEqual([])
    await clock.advance(2000)
    expect(told('error')).toEqual(['HEARTBEAT retried'])
  })

  it('trap 44: finds a half-open link, whose read never settles, and resumes on another', async () => {
    const { server, clock, told } = openScripted({ jitter: 0 })
    await clock.advance(0)
    server.connection(0).connected({ heartbeatInterval: 10_000 })
    server.connection(0).push({ id: 'a:1', data: 1 })
    server.connection(0).goSilent()
    await clock.advance(21_000)
    expect(server.openConnections).toBe(1)
    expect(server.connection(0).isOpen).toBe(false)
    expect(server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, 'a:1'])
    expect(told('error')).toEqual(['HEARTBEAT retried'])
  })

  it('trap 45: dials again when the runtime ends a quiet body by itself', async () => {
    const { server, clock, log } = openScripted()
    await clock.advance(299_000)
    server.connection(0).drop()
    await clock.advance(1500)
    expect(log.slice(2)).toEqual(['error NETWORK retried', 'retrying lost', 'connected opened'])
  })
})

describe('the heartbeat of a consumer that holds reading back', () => {
  it('pauses, and starts anew once reading goes on', async () => {
    const releases: (() => void)[] = []
    const { server, clock, told } = openScripted(
      { heartbeatInterval: 1000, maxBufferedEvents: 2 },
      { handlers: { onData: () => new Promise<void>((resolve) => releases.push(resolve)) } },
    )
    await clock.advance(0)
    for (let n = 1; n <= 6; n++) server.connection(0).push(n)
    await clock.advance(600_000)
    expect(server.connection(0).unread).toBeGreaterThan(0)
    expect(told('error')).toEqual([])
    for (let n = 1; n <= 6; n++) {
      releases.shift()?.()
      await clock.advance(0)
    }
    expect(told('data')).toEqual(['1', '2', '3', '4', '5', '6'])
    await clock.advance(1999)
    expect(told('error')).toEqual([])
    await clock.advance(1)
    expect(told('error')).toEqual(['HEARTBEAT retried'])
  })
})

describe('a heartbeat timer that fires late', () => {
  it('trap 43: lets bytes that waited through a sleep be read first', async () => {
    const { server, clock, told } = openScripted({ heartbeatInterval: 1000 })
    await clock.advance(0)
    // Due together with the timer of silence, and behind it: so bytes are read after a wake-up.
    clock.after(2000, () => server.connection(0).push('"kept"'))
    clock.jump(3_600_000)
    await clock.advance(1999)
    expect(told('error')).toEqual([])
    expect(told('data')).toEqual(['kept'])
    await clock.advance(1)
    expect(told('error')).toEqual(['HEARTBEAT retried'])
  })

  it('gets one turn of grace, and no second one', async () => {
    const { clock, told } = openScripted({ heartbeatInterval: 1000 })
    await clock.advance(0)
    clock.jump(3_600_000)
    await clock.advance(999)
    expect(told('error')).toEqual([])
    await clock.advance(1)
    expect(told('error')).toEqual(['HEARTBEAT retried'])
  })

  it('gets no second turn where the machine sleeps again in the first', async () => {
    const { clock, told } = openScripted({ heartbeatInterval: 1000 })
    await clock.advance(0)
    clock.jump(3_600_000)
    await clock.advance(500)
    clock.jump(3_600_000)
    await clock.advance(0)
    expect(told('error')).toEqual(['HEARTBEAT retried'])
  })

  it('trap 44: is noticed by the wall clock where the other stood still in sleep', async () => {
    const clock = createManualClock()
    const { told } = openScripted({ heartbeatInterval: 1000 }, { clock })
    await clock.advance(1999)
    clock.setWallTime(clock.wallNow() + 3_600_000)
    await clock.advance(1)
    expect(told('error')).toEqual([])
    await clock.advance(1000)
    expect(told('error')).toEqual(['HEARTBEAT retried'])
  })

  it('is not delayed by a wall clock that is set back', async () => {
    const { clock, told } = openScripted({ heartbeatInterval: 1000 })
    await clock.advance(1000)
    clock.setWallTime(0)
    await clock.advance(1000)
    expect(told('error')).toEqual(['HEARTBEAT retried'])
  })

  it('trap 42: is fed by receiving, not by a timer that a hidden tab throttles', async () => {
    const { server, clock, told } = openScripted({ heartbeatInterval: 25_000 })
    await clock.advance(0)
    for (let minutes = 0; minutes < 10; minutes++) {
      // There, timers run once a minute, long after they were due; the bytes of that minute are read afterwards.
      clock.after(50_000, () => server.connection(0).comment())
      clock.jump(60_000)
      await clock.advance(0)
    }
    expect(told('error')).toEqual([])
  })
})
