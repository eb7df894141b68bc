import { request } from 'node:http'

import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

import type { ClientOptions } from 'ws'

export interface Envelope {
  readonly type: string
  readonly [field: string]: unknown
}

export interface Speaking {
  readonly ws: WebSocket
  /** The text frames, as they came. */
  readonly frames: readonly string[]
  /** The next `count` envelopes, whatever the frames they came in; heartbeats are left out. */
  take(count: number): Promise<Envelope[]>
  /** All envelopes until the connection is over. */
  rest(): Promise<Envelope[]>
  /** Settles when the connection is gone. */
  readonly over: Promise<{ readonly code: number; readonly reason: string }>
}

/** Opens a WebSocket and reads it envelope by envelope. */
export async function openSocket(
  port: number,
  path = '/ws',
  options: ClientOptions = {},
  protocols: readonly string[] = ['steadystream.v1'],
): Promise<Speaking> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], options)
  onTestFinished(() => ws.terminate())
  const speaking = follow(ws)
  await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject))
  return speaking
}

function follow(ws: WebSocket): Speaking {
  const frames: string[] = []
  const envelopes: Envelope[] = []
  let wake = () => {}
  let isOver = false
  ws.on('error', () => {})
  ws.on('message', (data: Buffer) => {
    const text = data.toString()
    frames.push(text)
    // What a test expects to be an envelope and is none fails there.
    envelopes.push(...([JSON.parse(text)].flat() as Envelope[]).filter(({ type }) => type !== 'heartbeat'))
    wake()
  })
  const over = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => {
      isOver = true
      wake()
      resolve({ code, reason: reason.toString() })
    })
  })
  return {
    ws,
    frames,
    over,
    async take(count) {
      while (envelopes.length < count) {
        if (isOver) throw new Error(`the connection was over after ${JSON.stringify(envelopes)}`)
        await new Promise<void>((resolve) => (wake = resolve))
      }
      return envelopes.splice(0, count)
    },
    async rest() {
      await over
      return envelopes.splice(0)
    },
  }
}

/** What an upgrade that is refused is answered. */
export async function refusedUpgrade(port: number, path = '/ws', headers: Record<string, string> = {}) {
  const req = request({
    port,
    host: '127.0.0.1',
    path,
    agent: false,
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol': 'steadystream.v1',
      ...headers,
    },
  })
  onTestFinished(() => void req.destroy())
  req.end()
  return new Promise<{ status: number; headers: object; body: unknown }>((resolve, reject) => {
    req.on('error', reject)
    req.on('upgrade', () => reject(new Error('the upgrade was accepted')))
    req.on('response', (res) => {
      let text = ''
      res.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: JSON.parse(text) }))
    })
  })
}
