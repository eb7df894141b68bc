import { describe, expect, it, vi } from 'vitest'

import { readCommand } from '../src/read-command.ts'
import { openSocket } from './support/open-socket.ts'
import { serveChannels } from './support/serve-channels.ts'

import type { RealtimeOptions } from '../src/index.ts'

const labels = (count: number) => Array.from({ length: count }, (_, n) => `c${n}`)
const fromNow = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]))

async function join(options?: RealtimeOptions) {
  const { realtime, port } = await serveChannels(options)
  const socket = await openSocket(port)
  await socket.take(1)
  const say = (envelope: object) => socket.ws.send(JSON.stringify(envelope))
  return { realtime, socket, say }
}

describe('several channels in one command', () => {
  it('are followed and left, however many they are', async () => {
    const names = labels(500)
    const { realtime, socket, say } = await join({ limits: { channelsPerConnection: 500 } })
    say({ type: 'subscribe', channels: fromNow(names) })
    const begun = await socket.take(500)
    expect(begun.map(({ type, channel }) => [type, channel])).toEqual(names.map((name) => ['subscribed', name]))
    say({ type: 'unsubscribe', channels: names })
    const left = await socket.take(500)
    expect(left).toEqual(names.map((channel) => ({ type: 'unsubscribed', channel })))
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(0))
  })

  it('are judged one by one', async () => {
    const { socket, say } = await join({ authorize: (_, __, channel) => channel !== 'secret' })
    say({ type: 'subscribe', channels: { open: null, secret: null } })
    const told = await socket.take(2)
    expect(told.map(({ type, channel, code }) => [type, channel, code].join(' ')).toSorted()).toEqual([
      'error secret FORBIDDEN',
      'subscribed open ',
    ])
  })

  it('cost less than as many commands, and not nothing; those over the rate are named, and are one fault', async () => {
    const { socket, say } = await join({ limits: { commandsPerSecond: 1 } })
    // Four seconds' worth at once: forty channels.
    say({ type: 'subscribe', channels: fromNow(labels(30)) })
    say({ type: 'subscribe', channels: fromNow(['a', ...labels(19)]) })
    const told = await socket.take(50)
    expect(told.slice(0, 30).filter(({ type }) => type === 'subscribed').length).toBeGreaterThan(0)
    expect(told.filter(({ code }) => code === 'RATE_LIMITED').map(({ channel }) => channel)).toEqual([
      'a',
      ...labels(19),
    ])
    say({ type: 'ping' })
    expect(await socket.take(1)).toEqual([{ type: 'pong' }])
  })

  it('over the limit of a connection are refused by name, and the connection stays', async () => {
    const { socket, say } = await join({ limits: { channelsPerConnection: 10 } })
    say({ type: 'subscribe', channels: fromNow(labels(40)) })
    const told = await socket.take(40)
    expect(told.filter(({ code }) => code === 'TOO_MANY_CHANNELS').map(({ channel }) => channel)).toEqual(
      labels(40).slice(10),
    )
    say({ type: 'ping' })
    expect(await socket.take(1)).toEqual([{ type: 'pong' }])
  })

  it.each([
    { type: 'subscribe', channels: ['a'] },
    { type: 'subscribe', channels: { a: 1 } },
    { type: 'subscribe', channels: { '': null } },
    { type: 'subscribe', channels: null },
    { type: 'unsubscribe', channels: 'a' },
    { type: 'unsubscribe', channels: [1] },
  ])('are no command where one is none: %j', (value) => {
    expect(readCommand(value)).toBeUndefined()
  })

  it('may have names that mean something elsewhere', () => {
    const value = JSON.parse('{"type":"subscribe","channels":{"__proto__":null,"constructor":"start"}}') as unknown
    expect(readCommand(value)).toEqual({
      type: 'several',
      commands: [
        { type: 'subscribe', channel: '__proto__', start: { at: 'now' } },
        { type: 'subscribe', channel: 'constructor', start: { at: 'start' } },
      ],
    })
  })
})
