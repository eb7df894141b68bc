import { describe, expect, it, vi } from 'vitest'

import { StreamError } from '../../src/index.ts'
import { createChannelRelay } from '../../src/tabs/channel-relay.ts'

import type { ClientEnvelope } from '../../src/protocol/envelope.ts'
import type { ChannelSide } from '../../src/transports/transport.ts'
import type { ChannelRelay } from '../../src/tabs/channel-relay.ts'

const subscribe = (channels: Record<string, string | null>): ClientEnvelope => ({ type: 'subscribe', channels })
const unsubscribe = (...channels: string[]): ClientEnvelope => ({ type: 'unsubscribe', channels })
const event = (offset: number) => ({ type: 'event', channel: 'news', position: `e:${offset}`, data: offset })

/** A relay whose link is open, and what it says: to the server, and to the tabs. */
function openRelay() {
  const asked: ClientEnvelope[] = []
  const told: string[] = []
  const own: ChannelSide = { asked: () => ({}), take() {}, opened() {} }
  const tell = (to: string, { type, position = '' }: { readonly type?: string; readonly position?: string }) =>
    told.push(`${to || 'all'}: ${type} ${position}`)
  const relay: ChannelRelay = createChannelRelay(own, tell, ({ code }) => told.push(`failed ${code}`))
  relay.side.opened((commands) => {
    asked.push(...commands)
    return undefined
  })
  return { relay, asked, told }
}

describe('the relay of several tabs’ channels', () => {
  it('goes on with a channel that one poll could not serve', () => {
    const { relay, asked, told } = openRelay()
    void relay.take('a', [subscribe({ news: null })])
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:1' })
    relay.side.take({ type: 'error', channel: 'news', code: 'UNAVAILABLE', message: 'not now' })
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:1', recovered: true })
    relay.side.take(event(2))
    void relay.take('b', [subscribe({ news: null })])
    expect(asked).toEqual([subscribe({ news: null })])
    expect(relay.side.asked()).toEqual({ news: 'e:2' })
    expect(told).toEqual(['a: subscribed e:1', 'all: event e:2', 'b: subscribed e:2'])
  })

  it('goes back with a server that has lost what came last, but not where one tab wants older events', () => {
    const { relay, told } = openRelay()
    void relay.take('a', [subscribe({ news: null })])
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:5' })
    void relay.take('b', [subscribe({ news: 'e:1' })])
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:3', recovered: false })
    relay.side.take({ type: 'gap', channel: 'news', kind: 'lost', from: 'e:1', to: 'e:3' })
    void relay.take('c', [subscribe({ news: null })])
    relay.side.take({ type: 'gap', channel: 'news', kind: 'lost', from: 'e:5', to: 'e:4' })
    void relay.take('d', [subscribe({ news: null })])
    expect(told).toEqual([
      ...['a: subscribed e:5', 'b: subscribed e:3', 'all: gap ', 'c: subscribed e:5'],
      ...['all: gap ', 'd: subscribed e:4'],
    ])
  })

  it('goes back with such a server also where the link was behind, for a tab that wants older events', () => {
    const { relay, told } = openRelay()
    void relay.take('a', [subscribe({ news: null })])
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:10' })
    void relay.take('b', [subscribe({ news: 'e:1' })])
    relay.side.take([{ type: 'subscribed', channel: 'news', position: 'e:1', recovered: true }, event(2), event(3)])
    relay.side.take({ type: 'gap', channel: 'news', kind: 'lost', from: 'e:3', to: 'e:2' })
    void relay.take('c', [subscribe({ news: null })])
    expect(told.slice(-2)).toEqual(['all: gap ', 'c: subscribed e:2'])
  })

  it('asks about a place that the channel is not known to have reached', () => {
    const { relay, asked, told } = openRelay()
    void relay.take('a', [subscribe({ news: 'e:10' })])
    // The server has lost what came after e:5.
    const lost = { type: 'subscribed', channel: 'news', position: 'e:5', recovered: false }
    relay.side.take([lost, { type: 'gap', channel: 'news', kind: 'lost', from: 'e:10', to: 'e:5' }])
    void relay.take('b', [subscribe({ news: 'e:9' })])
    relay.side.take([lost, { type: 'gap', channel: 'news', kind: 'lost', from: 'e:9', to: 'e:5' }])
    expect(asked.slice(1)).toEqual([subscribe({ news: 'e:9' })])
    expect(told).toEqual(['a: subscribed e:5', 'all: gap ', 'b: subscribed e:5', 'all: gap '])
  })

  it.each([true, false])(
    'leads the link back to other tabs after a tab that was ahead of it: recovered %s',
    (recovered) => {
      const { relay, asked, told } = openRelay()
      void relay.take('a', [subscribe({ news: null })])
      relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:5' })
      const place = recovered ? 'e:7' : 'e:8'
      void relay.take('b', [subscribe({ news: place })])
      relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:7', recovered })
      if (!recovered) relay.side.take({ type: 'gap', channel: 'news', kind: 'lost', from: 'e:8', to: 'e:7' })
      relay.side.take(event(8))
      void relay.take('c', [subscribe({ news: null })])
      relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:5', recovered: true })
      relay.side.take([6, 7, 8].map(event))
      expect(asked.slice(1)).toEqual([subscribe({ news: place }), subscribe({ news: 'e:5' })])
      expect(told).toEqual([
        ...['a: subscribed e:5', 'b: subscribed e:7', 'c: subscribed e:7'],
        ...['all: event e:6', 'all: event e:7', 'all: event e:8'],
      ])
    },
  )

  it('answers a tab that comes as another one leaves a channel, which ends just then', () => {
    const { relay, asked, told } = openRelay()
    void relay.take('a', [subscribe({ news: null })])
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:1' })
    void relay.take('a', [unsubscribe('news')])
    void relay.take('b', [subscribe({ news: 'e:0' })])
    relay.side.take([{ type: 'complete', channel: 'news', position: 'e:1' }])
    relay.side.take({ type: 'unsubscribed', channel: 'news' })
    relay.side.take([{ type: 'subscribed', channel: 'news', position: 'e:0', recovered: true }, event(1)])
    relay.side.take({ type: 'complete', channel: 'news', position: 'e:1' })
    expect(asked).toEqual([subscribe({ news: null }), unsubscribe('news'), subscribe({ news: 'e:0' })])
    expect(told).toEqual([
      ...['a: subscribed e:1', 'a: unsubscribed ', 'all: complete e:1'],
      ...['b: subscribed e:0', 'all: event e:1', 'all: complete e:1'],
    ])
  })

  it('answers a tab that wants older events of a channel which ends before the server has heard it', () => {
    const { relay, told } = openRelay()
    void relay.take('a', [subscribe({ news: null })])
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:1' })
    void relay.take('b', [subscribe({ news: 'e:0' })])
    relay.side.take({ type: 'complete', channel: 'news', position: 'e:1' })
    relay.side.take([{ type: 'subscribed', channel: 'news', position: 'e:0', recovered: true }, event(1)])
    relay.side.take({ type: 'complete', channel: 'news', position: 'e:1' })
    expect(told).toEqual([
      ...['a: subscribed e:1', 'all: complete e:1'],
      ...['b: subscribed e:0', 'all: event e:1', 'all: complete e:1'],
    ])
    expect(relay.side.asked()).toEqual({})
  })

  it('follows a channel no more when all have gone, one of them as it waited', () => {
    const { relay, asked } = openRelay()
    void relay.take('a', [subscribe({ news: null })])
    void relay.take('b', [subscribe({ news: null })])
    relay.leave('b')
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:1' })
    relay.leave('a')
    expect(asked).toEqual([subscribe({ news: null }), unsubscribe('news')])
  })

  it('tells nobody of what nobody asked for, and takes nothing for an answer that is none', () => {
    const { relay, told } = openRelay()
    void relay.take('a', [subscribe({ undefined: null })])
    relay.side.take([null, { type: 'connected', session: 'secret' }, { ...event(1), channel: 'strange' }])
    relay.side.take({ type: 'subscribed', channel: 'undefined', position: 'e:1' })
    expect(told).toEqual(['a: subscribed e:1'])
  })

  it('begins anew where one tab asked for older events and lost the channel to all', () => {
    const { relay, told } = openRelay()
    void relay.take('a', [subscribe({ news: null })])
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:5' })
    void relay.take('b', [subscribe({ news: 'start' })])
    relay.side.take({ type: 'error', channel: 'news', code: 'UNAVAILABLE', message: 'not now' })
    expect(told).toEqual(['a: subscribed e:5', 'failed UNAVAILABLE'])
  })

  it('begins anew where a channel could not be left, and another tab waits for it', () => {
    const { relay, told } = openRelay()
    void relay.take('a', [subscribe({ news: null })])
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:5' })
    void relay.take('a', [unsubscribe('news')])
    void relay.take('b', [subscribe({ news: null })])
    relay.side.take({ type: 'error', channel: 'news', code: 'RATE_LIMITED', message: 'too many commands' })
    expect(told).toEqual(['a: subscribed e:5', 'a: unsubscribed ', 'failed RATE_LIMITED'])
  })

  it('begins anew, no sooner than the server says, where a command did not get through', async () => {
    const failed = vi.fn()
    const own: ChannelSide = { asked: () => ({}), take() {}, opened() {} }
    const { side, take } = createChannelRelay(own, () => {}, failed)
    // A status would be taken for that of the connection.
    const details = { status: 404, retryable: false, retryAfterMs: 5000 }
    side.opened(() => Promise.reject(new StreamError('HTTP', 'no', details)))
    void take('a', [subscribe({ news: null })])
    await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce())
    const [error] = failed.mock.lastCall ?? []
    expect(error).toMatchObject({ code: 'HTTP', retryable: true, retryAfterMs: 5000 })
    expect(error).not.toHaveProperty('status')
  })

  it('tells all of a channel that is taken away', () => {
    const { relay, told } = openRelay()
    void relay.take('a', [subscribe({ news: null })])
    relay.side.take({ type: 'subscribed', channel: 'news', position: 'e:1' })
    relay.side.take({ type: 'error', channel: 'news', code: 'FORBIDDEN', message: 'no' })
    expect(relay.side.asked()).toEqual({})
    expect(told).toEqual(['a: subscribed e:1', 'all: error '])
  })
})
