import { setTimeout as delay } from 'node:timers/promises'
import { createStream, polling, sse, webSocket } from '@steadystream/core'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startHost } from '../src/host.ts'
import { readSettings } from '../src/settings.ts'
import { removeFolders, temporaryFolder } from './demo-process.ts'
import type { StateChange, Stream } from '@steadystream/core'
import type { LabEvent } from '../src/lab/lab-event.ts'
import type { Host } from '../src/host.ts'

const lines: string[] = []
const logger = {
  debug: () => {},
  info: (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`),
  warn: () => {},
  error: (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`),
}

let host: Host
let origin: string

async function start(): Promise<void> {
  lines.length = 0
  host = await startHost({ ...readSettings({ PORT: '0' }), dataDir: await temporaryFolder() }, logger)
  origin = `http://localhost:${host.port}`
}

afterEach(async () => {
  await host.close()
  await removeFolders()
})

async function post<T>(path: string, body: object = {}): Promise<T> {
  const response = await fetch(origin + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.ok).toBe(true)
  return (await response.json()) as T
}

interface Follower {
  readonly stream: Stream<LabEvent>
  readonly numbers: number[]
  readonly changes: StateChange[]
  readonly gaps: number[]
  readonly refreshes: () => number
}

const labId = 'testlink01'

/** Follows the link as the page does: three transports, a token that is renewed. */
async function follow(): Promise<Follower> {
  let { token } = await post<{ token: string }>('/api/lab/links', { labId })
  let refreshes = 0
  const numbers: number[] = []
  const changes: StateChange[] = []
  const gaps: number[] = []
  const headers = () => ({ Authorization: `Bearer ${token}` })
  const path = `${origin}/api/lab/links/${labId}`
  const stream = createStream<LabEvent>({
    transports: [
      sse(`${path}/stream`, { headers }),
      webSocket(() => `${origin}/ws/lab?labId=${labId}&token=${token}`, {
        WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
      }),
      polling(`${path}/poll`, { headers }),
    ],
    from: 'start',
    retryDelay: 200,
    jitter: 0,
    async refreshAuth() {
      refreshes += 1
      ;({ token } = await post<{ token: string }>('/api/lab/links', { labId }))
    },
    onData: ({ n }) => void numbers.push(n),
    onGap: () => void gaps.push(numbers.at(-1) ?? 0),
    onStateChange: (change) => void changes.push(change),
  })
  onTestFinished(() => stream.close())
  return { stream, numbers, changes, gaps, refreshes: () => refreshes }
}

const seen = (follower: Follower, count: number) =>
  vi.waitFor(() => expect(follower.numbers.length).toBeGreaterThanOrEqual(count), { timeout: 20_000, interval: 50 })
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

describe('the connection lab', () => {
  it('brings every number once through a cut, an expired token, a slow line and blocked transports', async () => {
    await start()
    const follower = await follow()
    await post(`/api/lab/links/${labId}/faults`, { eventsPerSecond: 20 })
    await seen(follower, 5)
    expect(await post(`/api/lab/links/${labId}/cut`)).toEqual({ sessions: 1 })
    await seen(follower, 25)
    expect(await post(`/api/lab/links/${labId}/expire`)).toEqual({ sessions: 1 })
    await seen(follower, 45)
    expect(follower.refreshes()).toBe(1)
    await post(`/api/lab/links/${labId}/faults`, { latencyMs: 300 })
    await seen(follower, 65)
    await post(`/api/lab/links/${labId}/faults`, { sse: true, latencyMs: 0 })
    await vi.waitFor(() => expect(follower.stream.transport).toBe('websocket'), { timeout: 20_000 })
    await seen(follower, 100)
    await post(`/api/lab/links/${labId}/faults`, { websocket: true })
    await vi.waitFor(() => expect(follower.stream.transport).toBe('polling'), { timeout: 30_000 })
    await seen(follower, 130)

    expect(follower.numbers).toEqual(upTo(follower.numbers.length))
    expect(follower.gaps).toEqual([])
    expect(lines.filter((line) => /token=(?!\[|…|redacted)/.test(line))).toEqual([])
  })

  it('declares a gap after a crash, and only what the crash took with it is missing', async () => {
    await start()
    const follower = await follow()
    await seen(follower, 10)
    await post('/api/lab/restart', { kind: 'crash' })
    await vi.waitFor(() => expect(follower.stream.state).toBe('retrying'))
    await vi.waitFor(() => expect(follower.stream.state).toBe('connected'), { timeout: 20_000 })
    const before = follower.numbers.length
    await seen(follower, before + 5)
    const log = (await (await fetch(`${origin}/api/lab/links/${labId}/log`)).json()) as { lives: number[] }
    expect(follower.gaps).toHaveLength(1)
    // Everything of the second life came; of the first one at most its last moments are missing.
    const second = log.lives[1] ?? 0
    expect(follower.numbers.filter((n) => n >= second)[0]).toBe(second)
    expect(new Set(follower.numbers).size).toBe(follower.numbers.length)
  })

  it('slows a line by what it was told', async () => {
    await start()
    const follower = await follow()
    await seen(follower, 3)
    await post(`/api/lab/links/${labId}/faults`, { latencyMs: 600 })
    await delay(0)
    const at = Date.now()
    const count = follower.numbers.length
    await seen(follower, count + 1)
    expect(Date.now() - at).toBeGreaterThan(350)
    expect(follower.numbers).toEqual(upTo(follower.numbers.length))
  })

  it('asks for a token, in a header or in the query, and logs none', async () => {
    await start()
    const { token } = await post<{ token: string }>('/api/lab/links', { labId })
    const status = async (query: string) => {
      const controller = new AbortController()
      const response = await fetch(`${origin}/api/lab/links/${labId}/stream${query}`, { signal: controller.signal })
      controller.abort()
      return response.status
    }
    expect(await status('')).toBe(401)
    expect(await status('?token=wrong')).toBe(401)
    expect(await status(`?token=${token}`)).toBe(200)
    expect(lines.join('\n')).not.toContain(token)
  })
})
