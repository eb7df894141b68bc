import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { bearer, post } from './support/follow-stream.ts'
import { isEmpty } from './support/is-empty.ts'
import { join, say } from './support/join-socket.ts'
import { byToken, serveChannels } from './support/serve-channels.ts'

describe('security 18: floods', () => {
  it('a connection follows so many channels', async () => {
    const { port } = await serveChannels({ limits: { channelsPerConnection: 2 } })
    const socket = await join(port)
    for (const channel of ['a', 'b', 'c', 'a']) say(socket, { type: 'subscribe', channel })
    const told = await socket.take(3)
    expect(told.map(({ code, type, channel }) => [code ?? type, channel])).toEqual([
      ['TOO_MANY_CHANNELS', 'c'],
      ['subscribed', 'b'],
      ['subscribed', 'a'],
    ])
    say(socket, { type: 'unsubscribe', channel: 'a' }, { type: 'subscribe', channel: 'c' })
    expect((await socket.take(2)).at(-1)).toMatchObject({ type: 'subscribed', channel: 'c' })
  })

  it('a process follows so many channels, and others when one is left', async () => {
    const { port } = await serveChannels({ limits: { channels: 1 } })
    const [one, other] = [await join(port), await join(port)]
    say(one, { type: 'subscribe', channel: 'a' })
    await one.take(1)
    say(other, { type: 'subscribe', channel: 'b' })
    expect(await other.take(1)).toMatchObject([{ type: 'error', code: 'TOO_MANY_CHANNELS', channel: 'b' }])
    say(other, { type: 'subscribe', channel: 'a' })
    expect(await other.take(1)).toMatchObject([{ type: 'subscribed' }])
    one.ws.close()
    say(other, { type: 'unsubscribe', channel: 'a' })
    await other.take(1)
    await vi.waitFor(async () => {
      say(other, { type: 'subscribe', channel: 'b' })
      expect(await other.take(1)).toMatchObject([{ type: 'subscribed' }])
    })
  })

  it('commands over the rate are refused, those of a client that goes on end it with 3509', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { realtime, port } = await serveChannels({ limits: { commandsPerSecond: 2 } })
    const socket = await join(port)
    const churn = (times: number) => {
      for (let i = 0; i < times; i++) say(socket, { type: 'unsubscribe', channel: 'a' })
    }
    churn(9)
    expect((await socket.take(9)).map(({ type, code }) => code ?? type)).toEqual([
      ...Array.from({ length: 8 }, () => 'unsubscribed'),
      'RATE_LIMITED',
    ])
    vi.advanceTimersByTime(1000)
    churn(12)
    const rest = await socket.rest()
    expect(rest.map(({ type, code }) => code ?? type)).toEqual([
      'unsubscribed',
      'unsubscribed',
      ...Array.from({ length: 10 }, () => 'RATE_LIMITED'),
      3509,
    ])
    expect(await socket.over).toEqual({ code: 3509, reason: 'too many errors' })
    await vi.waitFor(() => expect(isEmpty(realtime)).toBe(true))
  })

  it('channels that are asked for again while there is no place for them end nothing', async () => {
    const { realtime, port } = await serveChannels({ limits: { channelsPerConnection: 1 } })
    const socket = await join(port)
    say(socket, { type: 'subscribe', channel: 'a' })
    await socket.take(1)
    for (let i = 0; i < 20; i++)
      say(socket, { type: 'subscribe', channel: 'b' }, { type: 'subscribe', channels: { c: null } })
    const told = await socket.take(40)
    expect(new Set(told.map(({ code }) => code))).toEqual(new Set(['TOO_MANY_CHANNELS']))
    await realtime.publish('a', 1)
    expect(await socket.take(1)).toMatchObject([{ type: 'event', data: 1 }])
  })

  it('errors far apart end nothing', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { port } = await serveChannels()
    const socket = await join(port)
    for (let i = 0; i < 30; i++) {
      say(socket, { type: 'dance' })
      expect(await socket.take(1)).toMatchObject([{ code: 'BAD_REQUEST' }])
      vi.advanceTimersByTime(6000)
    }
  })
})

describe('security 21: replays', () => {
  it('are limited for each user, and what is a little behind is none', async () => {
    const { realtime, port } = await serveChannels({
      authenticate: byToken,
      limits: { replaysPerMinute: 2 },
    })
    for (let n = 0; n <= 150; n++) await realtime.publish('a', n)
    const { epoch } = await realtime.publish('a', 'last')
    const ann = await join(port, '/ws', { Authorization: 'Bearer ann' })
    const readUntil = async (type: string) => {
      for (;;) {
        const [envelope] = await ann.take(1)
        if (envelope?.type === type) return envelope
      }
    }
    for (let i = 0; i < 2; i++) {
      say(ann, { type: 'subscribe', channel: 'a', from: 'start' })
      await readUntil('event')
      say(ann, { type: 'unsubscribe', channel: 'a' })
      await readUntil('unsubscribed')
    }
    say(ann, { type: 'subscribe', channel: 'a', from: 'start' })
    expect(await readUntil('error')).toMatchObject({ code: 'RATE_LIMITED', channel: 'a' })
    say(ann, { type: 'subscribe', channel: 'a', position: `${epoch}:100` })
    expect(await readUntil('subscribed')).toMatchObject({ recovered: true })
    const bob = await join(port, '/ws', { Authorization: 'Bearer bob' })
    say(bob, { type: 'subscribe', channel: 'a', from: 'start' })
    expect((await bob.take(2)).map(({ type }) => type)).toEqual(['subscribed', 'event'])
  })

  it('of a poll are one, however many channels it is of, and polls over the limit are answered in the end', async () => {
    const { realtime, port } = await serveChannels({ authenticate: byToken, limits: { replaysPerMinute: 2 } })
    const names = ['a', 'b', 'c']
    await Promise.all(names.flatMap((name) => Array.from({ length: 101 }, (_, n) => realtime.publish(name, n))))
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const channels = Object.fromEntries(names.map((name) => [name, 'start']))
    const poll = async () => (await post(port, { channels }, bearer('ann'), '/poll')).status
    expect([await poll(), await poll(), await poll()]).toEqual([200, 200, 429])
    vi.advanceTimersByTime(30_000)
    expect(await poll()).toBe(200)
  })
})
