import { connect } from 'node:net'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { serve } from '../support/serve.ts'

import type { Socket } from 'node:net'
import type { Handler } from '../support/serve.ts'

const channel = 'a'

async function dial(handler: Handler, request: string) {
  const served = await serve(handler)
  let text = ''
  const socket = connect(served.port, '127.0.0.1')
  socket.setEncoding('utf8').on('data', (data: string) => (text += data))
  onTestFinished(() => void socket.destroy())
  const ended = new Promise<void>((resolve) => void socket.on('end', resolve))
  socket.write(request)
  const told = (part: string) => vi.waitFor(() => expect(text).toContain(part))
  return { ...served, socket, ended, told, text: () => text }
}

const get = (path: string, version = '1.1') => `GET ${path} HTTP/${version}\r\nHost: localhost\r\n\r\n`
const body = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)

describe('the body of a response', () => {
  it('is chunked as HTTP/1.1 wants it, to its end', async () => {
    const { realtime, told, text } = await dial((self, req, res) => self.node(req, res, { channel }), get('/'))
    await told('connected')
    await realtime.publish(channel, 'ä')
    await realtime.complete(channel)
    await told('0\r\n\r\n')
    let rest = body(text())
    const sizes: number[] = []
    while (rest.length > 0) {
      const head = /^([0-9a-f]+)\r\n/.exec(rest)
      const size = parseInt(head?.[1] ?? '', 16)
      sizes.push(size)
      const bytes = Buffer.from(rest.slice(head?.[0].length))
      expect(bytes.subarray(size, size + 2).toString()).toBe('\r\n')
      rest = bytes.subarray(size + 2).toString()
    }
    expect(sizes.at(-1)).toBe(0)
    expect(text()).toContain('data: "ä"\n\n')
  })

  it('is not chunked for HTTP/1.0, and ends with the connection', async () => {
    const handler: Handler = (self, req, res) => self.node(req, res, { channel })
    const { realtime, told, text, ended } = await dial(handler, get('/', '1.0'))
    await told('connected')
    await realtime.publish(channel, 1)
    await realtime.complete(channel)
    await ended
    expect(body(text())).toMatch(/^: connected\n\nid: [^\n]+\nevent: steadystream.connected\n/)
    expect(body(text())).not.toContain('\r\n')
  })

  it('leaves nothing on a connection that serves another request after it', async () => {
    const sockets = new Set<Socket>()
    const before: number[] = []
    const handler: Handler = (self, req, res) => {
      sockets.add(req.socket)
      before.push(req.socket.listenerCount('drain'))
      if (req.url === '/stream') self.node(req, res, { channel: `${channel}${before.length}` })
      else res.end('served')
    }
    const { realtime, socket, told } = await dial(handler, get('/stream'))
    await told('connected')
    await realtime.complete(`${channel}1`)
    await told('0\r\n\r\n')
    socket.write(get('/page'))
    await told('served')
    expect([sockets.size, before]).toEqual([1, [before[0], before[0]]])
  })

  it('goes through a write that middleware has put there', async () => {
    const seen: string[] = []
    const handler: Handler = (self, req, res) => {
      const write = res.write.bind(res)
      res.write = (data: Uint8Array) => {
        seen.push(Buffer.from(data).toString())
        return write(data)
      }
      self.node(req, res, { channel })
    }
    const { realtime, told } = await dial(handler, get('/'))
    await told('connected')
    await realtime.publish(channel, 'through it')
    await told('through it')
    expect(seen.join('')).toContain('data: "through it"\n\n')
  })
})
