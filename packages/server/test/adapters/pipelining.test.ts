import { connect } from 'node:net'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { serve } from '../support/serve.ts'

import type { Socket } from 'node:net'
import type { RealtimeOptions } from '../../src/index.ts'
import type { Handler } from '../support/serve.ts'

const channel = 'a'
const count = 20

/** Sends requests one behind the other, without waiting for an answer. */
async function sendAhead(handler: Handler, path: string, options: RealtimeOptions = {}) {
  const served = await serve(handler, options)
  const connections: Socket[] = []
  served.server.on('connection', (socket: Socket) => connections.push(socket))
  const socket = connect(served.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.resume()
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(count))
  const sessions = (open: number) => vi.waitFor(() => expect([...served.realtime.sessions]).toHaveLength(open))
  return { ...served, socket, sessions, connections }
}

describe('security 34: requests that were sent ahead on one connection', () => {
  it.each<[string, Handler]>([
    ['/', (self, req, res) => self.node(req, res, { channel })],
    ['/?channels=a&channels=b', (self, req, res) => self.node(req, res)],
    ['/?wait=30&from=start', (self, req, res) => self.poll(req, res, { channel })],
  ])('are gone with it: %s', async (path, handler) => {
    const { realtime, socket, sessions } = await sendAhead(handler, path, { authorize: () => true })
    await sessions(count)
    socket.destroy()
    await sessions(0)
    expect(realtime.stats().channels.totalSubscriptions).toBe(0)
  })

  it('abort what is made for them', async () => {
    let aborted = 0
    const handler: Handler = (self, req, res) =>
      self.stream(req, res, (_, signal) => {
        return new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            aborted++
            resolve()
          })
        })
      })
    const { socket, sessions } = await sendAhead(handler, '/')
    await sessions(count)
    socket.destroy()
    await vi.waitFor(() => expect(aborted).toBe(count))
  })

  it('open nothing where it went while they were judged', async () => {
    let resolve: (principal: { userId: string }) => void = () => {}
    const judged = new Promise<{ userId: string }>((settle) => (resolve = settle))
    let asked = 0
    const opened: string[] = []
    const { socket, connections } = await sendAhead((self, req, res) => self.node(req, res, { channel }), '/', {
      authenticate() {
        asked++
        return judged
      },
      on: { opened: ({ clientId }) => void opened.push(clientId) },
    })
    await vi.waitFor(() => expect(asked).toBe(count))
    socket.destroy()
    await vi.waitFor(() => expect(connections[0]?.destroyed).toBe(true))
    resolve({ userId: 'ann' })
    await new Promise(setImmediate)
    expect(opened).toEqual([])
  })

  it('are served in their turn', async () => {
    const { realtime, socket, sessions, connections } = await sendAhead(
      (self, req, res) => self.node(req, res, { channel: req.url === '/' ? channel : 'b' }),
      '/',
    )
    let text = ''
    socket.setEncoding('utf8').on('data', (data: string) => (text += data))
    await sessions(count)
    await realtime.publish(channel, 'for all')
    await realtime.complete(channel)
    await sessions(0)
    await vi.waitFor(() => expect(text.match(/data: "for all"/g)).toHaveLength(count))
    expect(connections[0]?.listenerCount('close')).toBeLessThan(10)
  })
})
