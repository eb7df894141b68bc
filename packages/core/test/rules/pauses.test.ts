import { afterEach, describe, expect, it, vi } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

import type { StreamConfig } from '../../src/index.ts'

afterEach(() => void vi.unstubAllGlobals())

/** A stream on a page, which the test plays. Waits have no jitter, and hints a random half of a second. */
function open(config: StreamConfig = {}, { onLine = true } = {}) {
  const window = new EventTarget()
  const document = Object.assign(new EventTarget(), { hidden: false })
  vi.stubGlobal('window', window)
  vi.stubGlobal('document', document)
  vi.stubGlobal('navigator', { onLine })
  const opened = openScripted({ jitter: 0, ...config })
  return {
    ...opened,
    fire: (name: string) => void window.dispatchEvent(new Event(name)),
    fireDocument: (name: string) => void document.dispatchEvent(new Event(name)),
    show(isVisible: boolean) {
      document.hidden = !isVisible
      document.dispatchEvent(new Event('visibilitychange'))
    },
  }
}

/** The way back online is told and hinted at, so that the same wait may be told twice. */
const distinct = (lines: readonly string[]) => lines.filter((line, at) => line !== lines[at - 1])

/** The shortest wait and half of a hasty second. */
const hintMs = 200 + 500

async function connected(config?: StreamConfig) {
  const opened = open(config)
  await opened.clock.advance(0)
  opened.server.connection(0).comment()
  await opened.clock.advance(0)
  return opened
}

/** In the wait after a first refusal, which ends after a second. */
async function waiting(config?: StreamConfig) {
  const opened = open(config)
  opened.server.refuse(1)
  await opened.clock.advance(0)
  return opened
}

describe('offline', () => {
  it('trap 25: in a wait stops it, and online ends it soon', async () => {
    const { fire, clock, log, dials } = await waiting()
    fire('offline')
    await clock.advance(5000)
    expect([log.slice(3), dials]).toEqual([['retrying offline'], [0]])
    fire('online')
    await clock.advance(hintMs - 1)
    expect(dials).toEqual([0])
    await clock.advance(1)
    expect([distinct(log.slice(4)), dials]).toEqual([
      ['retrying resumed', 'connected opened'],
      [0, 5000 + hintMs],
    ])
  })

  it('is not believed for ever: after the longest wait it dials all the same', async () => {
    const { fire, clock, log, dials } = await waiting()
    fire('offline')
    await clock.advance(29_999)
    expect(dials).toEqual([0])
    await clock.advance(1)
    expect([dials, log.slice(3)]).toEqual([
      [0, 30_000],
      ['retrying offline', 'connected opened'],
    ])
  })

  it('does not end a link that is open, and lives', async () => {
    const { fire, clock, log, server } = await connected()
    fire('offline')
    await clock.advance(24_999)
    server.connection(0).comment()
    await clock.advance(24_999)
    expect([log.slice(3), server.openConnections]).toEqual([['comment '], 1])
    fire('online')
    await clock.advance(0)
    expect(server.requests).toHaveLength(1)
  })

  it('finds out sooner that an open link is dead, and waits', async () => {
    const { fire, clock, log } = await connected()
    fire('offline')
    await clock.advance(24_999)
    expect(log).toHaveLength(3)
    await clock.advance(1)
    expect(log.slice(3)).toEqual(['error HEARTBEAT retried', 'retrying offline'])
    fire('online')
    await clock.advance(hintMs)
    expect(distinct(log.slice(5))).toEqual(['retrying resumed', 'connected opened'])
  })

  it('before the start does not keep it from trying', async () => {
    const { clock, log, dials } = open({}, { onLine: false })
    await clock.advance(0)
    expect([log, dials]).toEqual([['connecting started', 'connected opened'], [0]])
  })

  it('costs no retries', async () => {
    const { fire, clock, log, stream, server } = open({ maxRetries: 1 }, { onLine: false })
    server.refuse(5)
    await clock.advance(100_000)
    expect([stream.state, log.at(-1)]).toEqual(['connecting', 'connecting offline'])
    server.respond(204)
    fire('online')
    await clock.advance(60_000)
    expect(log.filter((line) => line.includes('max-retries'))).toEqual([])
  })
})

describe('a page that is frozen, or in the back/forward cache,', () => {
  it.each<[string, (page: ReturnType<typeof open>) => void, (page: ReturnType<typeof open>) => void]>([
    ['frozen', ({ fireDocument }) => fireDocument('freeze'), ({ fireDocument }) => fireDocument('resume')],
    ['bfcache', ({ fire }) => fire('pagehide'), ({ fire }) => fire('pageshow')],
  ])('has no link (%s), and has one again at once', async (reason, away, back) => {
    const opened = await connected()
    const { clock, log, server, dials } = opened
    server.connection(0).push({ id: '1', data: 1 })
    await clock.advance(1000)
    away(opened)
    await clock.advance(0)
    expect([log.slice(4), server.openConnections]).toEqual([[`retrying ${reason}`], 0])
    await clock.advance(600_000)
    expect(dials).toEqual([0])
    back(opened)
    await clock.advance(0)
    expect(log.slice(5)).toEqual(['retrying resumed', 'connected opened'])
    expect([server.requests.at(-1)?.lastEventId, server.openConnections, dials]).toEqual(['1', 1, [0, 601_000]])
  })

  it('dials when both are over, and not before', async () => {
    const { fire, fireDocument, clock, log, dials } = await connected()
    fire('pagehide')
    fireDocument('freeze')
    await clock.advance(1000)
    fireDocument('resume')
    await clock.advance(1000)
    expect([log.slice(3), dials]).toEqual([['retrying bfcache'], [0]])
    fire('pageshow')
    await clock.advance(0)
    expect([log.slice(4), dials]).toEqual([
      ['retrying resumed', 'connected opened'],
      [0, 2000],
    ])
  })

  it('has its stream started when it is back', async () => {
    const { fireDocument, stream, clock, log, dials } = open({ autoStart: false })
    stream.start()
    stream.close()
    stream.start()
    fireDocument('freeze')
    await clock.advance(1000)
    expect(log.at(-1)).toBe('connecting frozen')
    const dialled = dials.length
    fireDocument('resume')
    await clock.advance(0)
    expect([log.slice(-2), dials.length]).toEqual([['connecting resumed', 'connected opened'], dialled + 1])
  })
})

describe('whenHidden', () => {
  const config: StreamConfig = { whenHidden: { pauseAfterMs: 60_000 } }

  it('keeps a stream by default', async () => {
    const { show, clock, log, server } = await connected({ heartbeatInterval: 0 })
    show(false)
    await clock.advance(3_600_000)
    expect([log.length, server.openConnections]).toEqual([3, 1])
  })

  it('pauses after so many milliseconds, and goes on when the page is seen', async () => {
    const { show, clock, log, server, stream } = await connected({ ...config, heartbeatInterval: 0 })
    server.connection(0).push({ id: '1', data: 1 })
    show(false)
    await clock.advance(59_999)
    expect(log).toHaveLength(4)
    await clock.advance(1)
    expect([log.slice(4), stream.state, server.openConnections]).toEqual([['disconnected hidden'], 'disconnected', 0])
    await clock.advance(600_000)
    show(true)
    await clock.advance(0)
    expect([log.slice(5), server.requests.at(-1)?.lastEventId]).toEqual([
      ['connecting resumed', 'connected opened'],
      '1',
    ])
  })

  it('has no effect on a page that is seen again in time', async () => {
    const { show, clock, log } = await connected({ ...config, heartbeatInterval: 0 })
    show(false)
    await clock.advance(59_999)
    show(true)
    await clock.advance(600_000)
    expect(log).toHaveLength(3)
  })

  it('lets close() and start() have their way meanwhile', async () => {
    const { show, clock, stream, server, log } = await connected({ ...config, heartbeatInterval: 0 })
    show(false)
    await clock.advance(60_000)
    stream.close()
    show(true)
    await clock.advance(60_000)
    expect([server.openConnections, clock.pending, log.at(-1)]).toEqual([0, 0, 'disconnected hidden'])
    stream.start()
    await clock.advance(0)
    expect(stream.state).toBe('connected')
  })
})

describe('a hint', () => {
  it('after sleep shortens a wait', async () => {
    const { clock, log, dials } = await waiting({ retryDelay: 600_000, maxRetryDelay: 600_000 })
    await clock.advance(9000)
    clock.jump(60_000)
    await clock.advance(0)
    expect(dials).toEqual([0])
    await clock.advance(hintMs)
    expect([dials, log.at(-1)]).toEqual([[0, 69_000 + hintMs], 'connected opened'])
  })

  it('does not shorten what the server asked for', async () => {
    const { fire, clock, server, dials } = open()
    server.respond(503, { headers: { 'Retry-After': '60' } })
    await clock.advance(10_000)
    fire('online')
    await clock.advance(49_999)
    expect(dials).toEqual([0])
    await clock.advance(1)
    expect(dials.length).toBe(2)
  })

  it('never makes a wait longer', async () => {
    const { fire, clock, dials } = await waiting()
    await clock.advance(900)
    fire('online')
    await clock.advance(100)
    expect(dials).toEqual([0, 1000])
  })

  it('however often it comes does not put off the dial', async () => {
    const { fire, clock, dials } = await waiting({ retryDelay: 30_000, maxRetryDelay: 30_000 })
    for (let n = 0; n < 20; n++) {
      fire('online')
      await clock.advance(100)
    }
    expect(dials.length).toBe(2)
  })

  it('revives a stream that gave up for want of a network', async () => {
    const { fire, clock, log, server, dials } = open({ maxRetries: 0 })
    server.refuse(1)
    await clock.advance(60_000)
    expect(log.slice(1)).toEqual(['error NETWORK final', 'error max-retries'])
    fire('online')
    await clock.advance(hintMs)
    expect([log.slice(3), dials]).toEqual([
      ['connecting revived', 'connected opened'],
      [0, 60_000 + hintMs],
    ])
  })

  it('does not revive one that failed for good', async () => {
    const { fire, clock, log, server } = open()
    server.respond(403)
    await clock.advance(1000)
    fire('online')
    await clock.advance(600_000)
    expect([log.at(-1), server.requests.length]).toEqual(['error fatal', 1])
  })
})
