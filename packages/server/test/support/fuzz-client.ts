import { Agent, request } from 'node:http'
import { connect } from 'node:net'

import { closeCodes } from '@steadystream/core/protocol'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

import { errorCodes } from './protocol-doc.ts'

/** Sends what is made up to one server; each call settles when it was answered, and rejects where that is not documented. */
export interface FuzzClient {
  knock(method: string, path: string, headers: Record<string, string>, body?: string): Promise<void>
  talk(protocols: readonly string[], frames: readonly (string | Buffer)[]): Promise<void>
  /** Opens an event stream of many channels, and sends commands beside it, with its secret. */
  command(bodies: readonly ((session: string) => string)[]): Promise<void>
  /** Writes bytes behind the opening of a WebSocket. */
  intrude(bytes: readonly Buffer[]): Promise<void>
  /** Writes bytes in place of a request. */
  blurt(text: string): Promise<void>
}

const documented = new Set<unknown>([...errorCodes, 'CHANNEL_COMPLETED'])
// Those of RFC 6455 are the WebSocket library's answers to what is no frame, and our own where one leaves.
const documentedCloses = new Set([
  1000,
  1002,
  1005,
  1007,
  1008,
  1009,
  ...Object.values(closeCodes).map(({ code }) => code),
])
const statusWithCode = new Set([400, 401, 403, 404, 405, 413, 415, 429, 503])
// Node's own answers to what is no request, which have no body.
const statusOfNode = new Set(['400 Bad Request', '431 Request Header Fields Too Large', '417 Expectation Failed'])

export function fuzzClient(port: number): FuzzClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  onTestFinished(() => agent.destroy())
  const host = '127.0.0.1'

  return {
    knock: (method, path, headers, body) =>
      new Promise((resolve, reject) => {
        const req = request({ port, host, agent, method, path, headers }, (res) => {
          let said = ''
          res.setEncoding('utf8').on('data', (chunk: string) => {
            said += chunk
            // A stream that stands.
            if (res.headers['content-type']?.startsWith('text/event-stream')) res.destroy()
          })
          res.on('error', () => {})
          res.on('close', () => {
            const complaint = judge(res.statusCode ?? 0, said)
            if (complaint) reject(new Error(`${method} ${path}: ${complaint}`))
            else resolve()
          })
        })
        req.on('error', () => resolve())
        req.end(body)
      }),

    talk: (protocols, frames) =>
      new Promise((resolve, reject) => {
        const ws = new WebSocket(`ws://${host}:${port}/ws?jobId=7`, [...protocols])
        ws.on('error', () => {})
        ws.on('open', () => {
          for (const frame of frames) ws.send(frame)
          ws.close()
        })
        ws.on('message', (data: Buffer) => {
          for (const said of [JSON.parse(data.toString()) as unknown].flat()) {
            const { type, code, sender } = Object(said) as { type?: unknown; code?: unknown; sender?: unknown }
            // What has a sender is an event that one of these clients published.
            const isError = type === 'error' && sender === undefined
            if (isError && !documented.has(code)) reject(new Error(`a frame said ${data.toString()}`))
          }
        })
        ws.on('close', (code) =>
          documentedCloses.has(code) ? resolve() : reject(new Error(`a socket was closed with ${code}`)),
        )
      }),

    async command(bodies) {
      const headers = { 'Content-Type': 'application/json' }
      const body = JSON.stringify({ channels: { a: null } })
      const opening = request({ port, host, agent: false, method: 'POST', path: '/events', headers })
      opening.on('error', () => {})
      opening.end(body)
      const session = await new Promise<string>((resolve) => {
        opening.on('response', (res) => {
          let said = ''
          res.on('error', () => {})
          res.setEncoding('utf8').on('data', (chunk: string) => {
            said += chunk
            const [, secret] = /"session":"([^"]+)"/.exec(said) ?? []
            if (secret) resolve(secret)
          })
        })
      })
      try {
        for (const write of bodies) await this.knock('POST', '/events', headers, write(session))
      } finally {
        opening.destroy()
      }
    },

    intrude: (bytes) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, host)
        let answer = Buffer.alloc(0)
        socket.on('data', (chunk) => (answer = Buffer.concat([answer, chunk])))
        socket.on('error', () => {})
        socket.on('close', () => {
          const opened = answer.toString('latin1').startsWith('HTTP/1.1 101 ')
          if (opened) resolve()
          else reject(new Error(`a handshake was answered ${answer.toString('latin1').slice(0, 200)}`))
        })
        socket.write(
          'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: steadystream.v1\r\n\r\n',
        )
        socket.once('data', () => {
          for (const frame of bytes) socket.write(frame)
          socket.end()
        })
      }),

    blurt: (text) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, host)
        let answer = ''
        socket.setEncoding('latin1').on('data', (chunk: string) => {
          answer += chunk
          if (/^HTTP\/1\.1 (200|101)/.test(answer)) socket.destroy()
        })
        socket.on('error', () => {})
        socket.on('close', () => {
          const complaint = judgeRaw(answer)
          if (complaint) reject(new Error(`${JSON.stringify(text.slice(0, 500))}: ${complaint}`))
          else resolve()
        })
        socket.end(text, 'latin1')
      }),
  }
}

/** What is wrong with an answer. */
function judge(status: number, said: string): string | undefined {
  if (status === 200 || status === 204) return undefined
  if (!statusWithCode.has(status)) return `answered ${status} ${said}`
  const { error } = JSON.parse(said) as { error: { code: string } }
  return documented.has(error.code) ? undefined : said
}

function judgeRaw(answer: string): string | undefined {
  // Whoever hangs up in the middle of a request is not answered.
  if (answer === '' || /^HTTP\/1\.1 (100|101|200|204) /.test(answer)) return undefined
  const [, status = ''] = /^HTTP\/1\.1 (.*)\r\n/.exec(answer) ?? []
  const at = answer.indexOf('{')
  if (at === -1) return statusOfNode.has(status) || /^(405|503)/.test(status) ? undefined : answer.slice(0, 300)
  return /"code":"([A-Z_]+)"/.test(answer) && documented.has(/"code":"([A-Z_]+)"/.exec(answer)?.[1])
    ? undefined
    : answer.slice(0, 300)
}
