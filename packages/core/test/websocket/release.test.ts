import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import { webSocket } from '../../src/transports/websocket.ts'
import { connect, timers, turns } from './count-leftovers.ts'
import { recordLink } from './record-link.ts'
import { scriptSockets } from './scripted-socket.ts'
import { serveSockets } from './socket-server.ts'

import type { AddressInfo } from 'node:net'

/** A server that accepts connections and never says a word. */
async function serveSilence() {
  const sockets = { url: '', open: 0, seen: 0 }
  const server = createServer((socket) => {
    sockets.open += 1
    sockets.seen += 1
    socket.on('error', () => {}).on('close', () => (sockets.open -= 1))
    socket.resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  sockets.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
  return sockets
}

describe('aborted', () => {
  test('before it is told to connect, it makes no socket', async () => {
    const { WebSocket: Scripted, made } = scriptSockets()
    const recorded = recordLink()
    recorded.abort()
    webSocket('ws://stream.test', { WebSocket: Scripted })({}).connect(recorded.link)
    await turns()
    expect([made.length, recorded.told]).toEqual([0, []])
  })

  test('right after, it makes none', async () => {
    const { WebSocket: Scripted, made } = scriptSockets()
    const { told, abort } = connect('ws://stream.test', { WebSocket: Scripted })
    abort()
    await turns()
    expect([made.length, told]).toEqual([0, []])
  })

  test.each([
    ['url', (pending: Promise<never>) => [() => pending, {}] as const],
    ['protocols', (pending: Promise<never>) => ['ws://stream.test', { protocols: () => pending }] as const],
  ])('while the %s function is asked, it makes none whatever that answers', async (_, make) => {
    const { WebSocket: Scripted, made } = scriptSockets()
    const answers = [
      (settle: PromiseWithResolvers<never>) => settle.resolve('ws://stream.test' as never),
      (settle: PromiseWithResolvers<never>) => settle.reject(new Error('late')),
      () => {}, // never
    ]
    for (const answer of answers) {
      const settle = deferred()
      const [url, options] = make(settle.promise)
      const { told, abort, errors } = connect(url, { ...options, WebSocket: Scripted })
      await turns()
      abort()
      const before = told.length
      answer(settle)
      await turns()
      // A rejection is told to a link that, being over, does not listen.
      expect([made.length, before, errors.filter(({ code }) => code !== 'REQUEST')]).toEqual([0, 0, []])
    }
  })

  test('while the library waits to dial, it makes none', async () => {
    const { WebSocket: Scripted, made } = scriptSockets()
    const { told, abort } = connect('ws://stream.test', { WebSocket: Scripted })
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
    abort()
    await turns()
    expect([made.length, told]).toEqual([0, []])
  })

  test('inside the constructor, it closes the socket that comes of it', async () => {
    const before = timers()
    const recorded = recordLink()
    const { WebSocket: Scripted, made } = scriptSockets(() => recorded.abort())
    webSocket('ws://stream.test', { WebSocket: Scripted })({}).connect(recorded.link)
    await vi.waitFor(() => expect(made[0]?.wasClosed).toBe(true))
    expect(recorded.told).toEqual([])
    expect(timers()).toBeLessThanOrEqual(before)
  })

  test('while the server does not answer the handshake, it lets go', async () => {
    const server = await serveSilence()
    const { told, abort, clock } = connect(server.url)
    await vi.waitFor(() => expect(server.open).toBe(1))
    abort()
    await vi.waitFor(() => expect(server.open).toBe(0))
    expect([told, clock.pending]).toEqual([[], 0])
  })

  test('when it opens, it closes and reads nothing', async () => {
    const server = await serveSockets((socket) => socket.send('{"type":"heartbeat"}'))
    const opened = recordLink()
    const { told } = connect(
      server.url,
      {},
      {
        signal: opened.link.signal,
        opened() {
          told.push('opened')
          opened.abort()
        },
      },
    )
    await vi.waitFor(() => expect(server.closed).toEqual([1000]))
    expect(told).toEqual(['opened'])
  })

  test('when it is open, it closes with a code that browsers allow', async () => {
    const server = await serveSockets(() => {})
    const { told, abort } = connect(server.url)
    await vi.waitFor(() => expect(told).toEqual(['opened']))
    abort()
    await vi.waitFor(() => expect(server.closed).toEqual([1000]))
    expect([server.open, told]).toEqual([0, ['opened']])
  })

  test('inside a message, it reads no other', async () => {
    const server = await serveSockets((socket) => {
      for (const data of ['a', 'b', 'c']) socket.send(data)
    })
    const { told, abort } = connect(
      server.url,
      { protocols: [] },
      {
        event({ data }) {
          told.push(data)
          abort()
        },
      },
    )
    await vi.waitFor(() => expect(server.closed).toEqual([1000]))
    expect(told).toEqual(['opened', 'a', 'bytes 1'])
  })

  test('after the end, it does nothing more', async () => {
    const server = await serveSockets((socket) => socket.close(1000))
    const { told, abort, link } = connect(server.url)
    await vi.waitFor(() => expect(told).toEqual(['opened', 'ended']))
    abort()
    await turns()
    expect(told).toEqual(['opened', 'ended'])
    expect(getEventListeners(link.signal, 'abort')).toEqual([])
  })

  test('at any turn of a whole life, it leaves no socket and tells nothing', async () => {
    const server = await serveSockets((socket) => {
      socket.send('{"type":"heartbeat"}')
      socket.send('{"type":"heartbeat"}')
      socket.close(3001)
    })
    const before = timers()
    const lives = Array.from({ length: 60 }, async (_, turn) => {
      const { told, abort, clock } = connect(() => Promise.resolve(server.url), {
        protocols: () => Promise.resolve([]),
      })
      // Microtasks first, and then turns of the event loop.
      for (let n = 0; n < Math.min(turn, 20); n += 1) await Promise.resolve()
      for (let n = 20; n < turn; n += 1) await new Promise((resolve) => setImmediate(resolve))
      const atAbort = [...told]
      abort()
      await turns()
      expect([told, clock.pending]).toEqual([atAbort, 0])
      return atAbort.length
    })
    const lengths = await Promise.all(lives)
    expect(lengths[0]).toBe(0)
    await vi.waitFor(() => expect(server.open).toBe(0))
    await vi.waitFor(() => expect(timers()).toBeLessThanOrEqual(before))
  })
})

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

/** Node 20 has no `Promise.withResolvers`. */
function deferred(): PromiseWithResolvers<never> {
  const settle: Partial<PromiseWithResolvers<never>> = {}
  const promise = new Promise<never>((resolve, reject) => Object.assign(settle, { resolve, reject }))
  return { ...settle, promise } as PromiseWithResolvers<never> // a promise runs its function at once
}
