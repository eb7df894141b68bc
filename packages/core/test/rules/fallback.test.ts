import { beforeEach, describe, expect, it } from 'vitest'

import { processWide } from '../../src/env.ts'
import { StreamError } from '../../src/index.ts'
import { openTransports, scriptTransport } from '../support/scripted-transport.ts'
import { blocked, three } from './script-fallback.ts'

const lost = () => new StreamError('NETWORK', 'cut')

// What worked is remembered for the page, and all tests are one.
beforeEach(() => processWide('transports', () => new Map()).clear())

describe('a transport that cannot be used', () => {
  it('is left for the next in the order of the user, at once and without counting a retry', async () => {
    const [sse, websocket, polling] = three()
    const { stream, clock, log } = openTransports([sse, websocket, polling], { maxRetries: 0 })
    await clock.advance(0)
    expect(stream.transport).toBe('sse')
    sse.link().failed(blocked())
    await clock.advance(0)
    websocket.link().failed(new StreamError('TIMEOUT', 'no answer'))
    await clock.advance(0)
    polling.welcome('a:0')
    await clock.advance(0)
    expect(log).toEqual([
      'connecting started by sse',
      'error CONTENT_TYPE retried',
      'connecting fallback by websocket',
      'error TIMEOUT retried',
      'connecting fallback by polling',
      'connected opened by polling',
    ])
    expect([stream.transport, clock.now()]).toEqual(['polling', 0])
  })

  it('is one that opens and brings no byte within ten seconds', async () => {
    const [sse, websocket, polling] = three()
    const { clock, log } = openTransports([sse, websocket, polling])
    await clock.advance(0)
    sse.link().opened()
    await clock.advance(9999)
    expect(log).toEqual(['connecting started by sse', 'connected opened by sse'])
    await clock.advance(1)
    expect(log.slice(2)).toEqual(['error TIMEOUT retried', 'retrying fallback by websocket'])
    expect(sse.link().signal.aborted).toBe(true)
  })

  it('resumes on the next one where it was, and loses nothing', async () => {
    const [sse, websocket, polling] = three()
    const { clock, log } = openTransports([sse, websocket, polling])
    await clock.advance(0)
    sse.welcome('a:0')
    sse.bring('a:1', 1)
    await clock.advance(0)
    sse.link().failed(new StreamError('TIMEOUT', 'silent again'))
    await clock.advance(0)
    expect(websocket.link().lastEventId).toBe('a:1')
    websocket.welcome('a:1')
    websocket.bring('a:2', 2)
    await clock.advance(0)
    expect(log).toEqual([
      'connecting started by sse',
      'connected opened by sse',
      'data 1',
      'error TIMEOUT retried',
      'retrying fallback by websocket',
      'connected opened by websocket',
      'data 2',
    ])
  })

  it('is not one that was lost: that is dialled again', async () => {
    const [sse, websocket, polling] = three()
    const { clock, log } = openTransports([sse, websocket, polling])
    await clock.advance(0)
    sse.welcome('a:0')
    await clock.advance(0)
    sse.link().failed(lost())
    await clock.advance(1000)
    expect(log.slice(2)).toEqual(['error NETWORK retried', 'retrying lost by sse'])
    expect([sse.links.length, websocket.links.length]).toEqual([2, 0])
  })
})

describe('where none can be used', () => {
  it('begins again with the first after the backoff delay', async () => {
    const [sse, websocket, polling] = three()
    const { clock, log } = openTransports([sse, websocket, polling])
    await clock.advance(0)
    for (const each of [sse, websocket, polling]) {
      each.link().failed(blocked())
      await clock.advance(0)
    }
    expect(log.slice(-2)).toEqual(['error CONTENT_TYPE retried', 'retrying lost by polling'])
    await clock.advance(999)
    expect(sse.links).toHaveLength(1)
    await clock.advance(1)
    expect([sse.links.length, websocket.links.length, polling.links.length]).toEqual([2, 1, 1])
    sse.welcome('a:0')
    await clock.advance(0)
    expect(log.at(-1)).toBe('connected opened by sse')
  })

  it('gives up after maxRetries rounds', async () => {
    const [sse, websocket] = three()
    const { clock, log } = openTransports([sse, websocket], { maxRetries: 1 })
    await clock.advance(0)
    for (let round = 0; round < 2; round++) {
      sse.link().failed(blocked())
      await clock.advance(0)
      websocket.link().failed(blocked())
      await clock.advance(60_000)
    }
    expect(log.slice(-2)).toEqual(['error CONTENT_TYPE final', 'error max-retries by websocket'])
    expect([sse.links.length, websocket.links.length]).toEqual([2, 2])
  })
})

describe('what worked', () => {
  it('is where the next stream with the same transports begins', async () => {
    const first = three()
    const { clock } = openTransports(first)
    await clock.advance(0)
    first[0].link().failed(blocked())
    await clock.advance(0)
    first[1].welcome('a:0')
    await clock.advance(5000)
    const second = three()
    const { clock: other, log } = openTransports(second)
    await other.advance(0)
    expect([second[0].links.length, second[1].links.length]).toEqual([0, 1])
    second[1].welcome('a:0')
    await other.advance(0)
    expect(log.at(-1)).toBe('connected opened by websocket')
  })

  it('is not what was merely open', async () => {
    const first = three()
    const { clock } = openTransports(first)
    await clock.advance(0)
    first[0].link().failed(blocked())
    await clock.advance(0)
    first[1].welcome('a:0')
    await clock.advance(4999)
    const second = three()
    const { clock: other } = openTransports(second)
    await other.advance(0)
    expect(second[0].links).toHaveLength(1)
  })

  it('says nothing about other origins', async () => {
    const first = three()
    const { clock } = openTransports(first)
    await clock.advance(0)
    first[0].link().failed(blocked())
    await clock.advance(0)
    first[1].welcome('a:0')
    await clock.advance(5000)
    const other = scriptTransport('sse', { url: 'https://elsewhere.test/' })
    const opened = openTransports([other, first[1]])
    await opened.clock.advance(0)
    expect(other.links).toHaveLength(1)
  })
})

describe('a request that may have been acted on', () => {
  it.each<[string, StreamError, boolean, string[]]>([
    ['was cut in its answer', lost(), true, ['error INTERRUPTED final', 'error fatal by sse']],
    ['was not answered', new StreamError('TIMEOUT', 'no answer'), false, ['error TIMEOUT final', 'error fatal by sse']],
    [
      'was answered by something else',
      new StreamError('HTTP', 'gone', { status: 404, retryable: false }),
      false,
      ['error HTTP final', 'error fatal by sse'],
    ],
    [
      'was not acted on, as its server says,',
      new StreamError('HTTP', 'later', { status: 503 }),
      false,
      ['error HTTP retried', 'retrying lost by sse'],
    ],
  ])('and %s is not made over another transport', async (_, error, wasOpen, expected) => {
    const sse = scriptTransport('sse', { isUnsafe: true })
    const websocket = scriptTransport('websocket')
    const { clock, log } = openTransports([sse, websocket])
    await clock.advance(0)
    if (wasOpen) sse.link().opened()
    await clock.advance(0)
    sse.link().failed(error)
    await clock.advance(1000)
    expect(sse.links).toHaveLength(expected[0]?.endsWith('retried') ? 2 : 1)
    expect([log.slice(wasOpen ? 2 : 1), websocket.links.length]).toEqual([expected, 0])
  })
})
