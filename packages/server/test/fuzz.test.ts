import { Agent, request } from 'node:http'

import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

import { closeCodes } from '@steadystream/core/protocol'
import { errorCodes } from './support/protocol-doc.ts'
import { serveChannels } from './support/serve-channels.ts'
import { until } from './support/until.ts'

/** How many messages and requests; a run of 200,000 takes minutes. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 3000)

/** A generator of numbers from 0 to 1 that can be repeated: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const words = ['subscribe', 'unsubscribe', 'publish', 'auth', 'ping', 'type', 'channel', 'channels', 'commands', 'session', 'position', 'from', 'start', 'data', 'id', 'userId', 'wait', 'token', 'a', 'job:7', 'alerts:@ann', '__proto__', 'constructor', 'e:1', '-', '!', '\0', '\r\n', '\ud800', '🎬', 'x'.repeat(300)] // prettier-ignore

function writer(random: () => number) {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T // it is never empty
  function value(depth: number): unknown {
    const kind = random()
    if (kind < 0.5 || depth > 4) return pick([...words, 5, -1, 1e300, null, true, ''])
    const parts = Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1))
    if (kind < 0.65) return parts
    return Object.fromEntries(parts.map((part) => [pick(words), part]))
  }
  const envelope = () => JSON.stringify({ type: pick(words.slice(0, 5)), channel: value(3), position: value(4), data: value(1), [pick(words)]: value(2) }) // prettier-ignore
  const garble = (text: string) => {
    const at = Math.floor(random() * text.length)
    return text.slice(0, at) + pick([...words, '{', '}', '"', '\\']) + text.slice(at + Math.floor(random() * 5))
  }
  const text = () => {
    const plain = random() < 0.6 ? envelope() : JSON.stringify(value(0))
    return random() < 0.3 ? garble(plain) : plain
  }
  const query = () =>
    Array.from({ length: Math.floor(random() * 4) }, () => {
      const escape = random() < 0.8 ? encodeURIComponent : (part: string) => part.replace(/[^\x21-\x7e]|#/g, '%')
      return [pick(words), pick(words)].map((word) => escape(word.slice(0, 40).toWellFormed())).join('=')
    }).join('&')
  return { pick, text, query, value, random }
}

const documented = new Set<unknown>([...errorCodes, 'CHANNEL_COMPLETED'])

it('answers whatever it is sent with what is documented, and keeps nothing of it', async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const { pick, text, query, value, random } = writer(seeded(seed))
  const { realtime, port } = await serveChannels({
    authorize: () => true,
    clientPublish: true,
    limits: { commandsPerSecond: 1_000_000, replaysPerMinute: 1_000_000 },
  })
  const context = `FUZZ_SEED=${seed}`
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  onTestFinished(() => agent.destroy())

  const knock = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    new Promise<void>((resolve, reject) => {
      const req = request({ port, host: '127.0.0.1', agent, method, path, headers }, (res) => {
        const { statusCode = 0 } = res
        let said = ''
        res.setEncoding('utf8').on('data', (chunk: string) => {
          said += chunk
          // A stream that stands.
          if (res.headers['content-type']?.startsWith('text/event-stream')) res.destroy()
        })
        res.on('error', () => {})
        res.on('close', () => {
          if (statusCode >= 400) {
            const { error } = JSON.parse(said) as { error: { code: string } }
            if (!documented.has(error.code) || statusCode === 500) reject(new Error(`${context}: ${path} ${said}`))
          } else if (![200, 204].includes(statusCode)) reject(new Error(`${context}: ${path} ${statusCode}`))
          resolve()
        })
      })
      req.on('error', () => resolve())
      req.end(body)
    })

  const talk = (protocols: readonly string[], frames: readonly (string | Buffer)[]) =>
    new Promise<void>((resolve, reject) => {
      const ws = new WebSocket(`ws://127.0.0.1:${port}/ws?jobId=7`, [...protocols])
      const codes = new Set([1000, 1005, 1007, 1008, 1009, ...Object.values(closeCodes).map(({ code }) => code)])
      ws.on('error', () => {})
      ws.on('open', () => {
        for (const frame of frames) ws.send(frame)
        ws.close()
      })
      ws.on('message', (data: Buffer) => {
        for (const said of [JSON.parse(data.toString()) as unknown].flat()) {
          const { type, code, sender } = Object(said) as { type?: unknown; code?: unknown; sender?: unknown }
          // What has a sender is an event that one of these clients published.
          if (type === 'error' && sender === undefined && !documented.has(code))
            reject(new Error(`${context}: ${data.toString()}`))
        }
      })
      ws.on('close', (code) => (codes.has(code) ? resolve() : reject(new Error(`${context}: closed with ${code}`))))
    })

  for (let done = 0; done < runs; done += 12) {
    const frames = Array.from({ length: 8 }, () => (random() < 0.05 ? Buffer.from(text()) : text()))
    const at = pick(['/events', '/poll'])
    const header = pick(words).replace(/[^\x21-\x7e]/g, '?') || 'e'
    const body = pick([text(), JSON.stringify({ channels: value(1) }), JSON.stringify({ commands: [value(1), value(2)] })]) // prettier-ignore
    await Promise.all([
      talk(pick([[], ['steadystream.v1']]), frames),
      knock('GET', `${at}?${query()}`, { 'Last-Event-ID': header }),
      knock('GET', `${at}?channels=a&channels=b&${query()}`, { 'Last-Event-ID': header }),
      knock('POST', at, { 'Content-Type': 'application/json' }, body),
    ])
  }
  await until(() => [...realtime.sessions].length === 0)
  expect(realtime.stats().channels.activeChannels).toBe(0)
}, 600_000)
