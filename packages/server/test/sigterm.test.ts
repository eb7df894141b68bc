import { createStream, sse, webSocket } from '@steadystream/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'

import { createRealtime } from '../src/index.ts'
import { launch } from './support/launch.ts'
import { remoteBackplane } from './support/remote-backplane.ts'

import type { Gap, StateChange } from '@steadystream/core'

const clients = 2000
const drainMs = 8000
const patience = { timeout: 60_000, interval: 50 }

/** Each client is a socket here and one on its server. */
function openFiles(): number {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: number | 'unlimited' } } }
  const { soft = Infinity } = userLimits?.open_files ?? {}
  return soft === 'unlimited' ? Infinity : soft
}

/** Half of them over event streams, half over WebSockets; `port` is where a load balancer would send them now. */
function follow(number: number, port: () => number) {
  const seen: number[] = []
  const gaps: Gap[] = []
  const changes: (StateChange & { readonly at: number })[] = []
  const dials: number[] = []
  const dial = (address: string) => {
    dials.push(performance.now())
    return address
  }
  const transport =
    number % 2 === 0
      ? sse(() => dial(`http://127.0.0.1:${port()}/events`))
      : webSocket(() => dial(`ws://127.0.0.1:${port()}/ws`), { WebSocket })
  const stream = createStream({
    transports: [transport],
    pool: false,
    maxRetries: Infinity,
    onData: (n: number) => void seen.push(n),
    onGap: (gap) => void gaps.push(gap),
    onStateChange: (change) => void changes.push({ ...change, at: performance.now() }),
  })
  onTestFinished(() => stream.close())
  return { stream, seen, gaps, changes, dials }
}

/** How the time from the first to the last is divided between the quarters of them. */
function quarters(times: readonly number[]): number[] {
  const sorted = times.toSorted((a, b) => a - b)
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => sorted[Math.round(part * (sorted.length - 1))] ?? 0)
  const whole = (marks[4] ?? 0) - (marks[0] ?? 0)
  return [1, 2, 3, 4].map((mark) => ((marks[mark] ?? 0) - (marks[mark - 1] ?? 0)) / whole)
}

/** Which part of them lies in each tenth of the time from the first to the last. */
function tenths(times: readonly number[]): number[] {
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const counts = Array.from({ length: 10 }, () => 0)
  for (const time of times) counts[Math.min(9, Math.floor(((time - first) / (last - first)) * 10))]! += 1
  return counts.map((count) => count / times.length)
}

const isPossible = openFiles() > clients + 200
if (!isPossible) console.warn(`ulimit -n is ${openFiles()}: 2,000 clients do not fit, and are not tested`)

// CI is to have what it takes.
it.skipIf(!isPossible && !process.env['CI'])(
  'SIGTERM: 2,000 clients of one of two instances move to the other, spread over the window, and miss nothing',
  async () => {
    const broker = await launch('broker')
    const [leaving, staying] = await Promise.all([
      launch('instance', broker.port, drainMs),
      launch('instance', broker.port, drainMs),
    ])
    const publisher = createRealtime({ backplane: remoteBackplane(broker.port) })
    onTestFinished(() => publisher.close())
    let port = leaving.port
    const all = Array.from({ length: clients }, (_, number) => follow(number, () => port))
    const isOnline = () => all.every(({ stream }) => stream.state === 'connected')
    await vi.waitFor(() => expect(isOnline()).toBe(true), patience)

    let published = 0
    const publish = () => publisher.publish('news', ++published)
    const publishing = setInterval(() => void publish(), 500)
    onTestFinished(() => clearInterval(publishing))
    await vi.waitFor(() => expect(published).toBe(3), patience)
    port = staying.port
    leaving.child.kill('SIGTERM')
    const { code, lines } = await leaving.ended
    await vi.waitFor(() => expect(isOnline()).toBe(true), patience)
    clearInterval(publishing)
    await publish()
    await vi.waitFor(() => expect(all.every(({ seen }) => seen.at(-1) === published)).toBe(true), patience)

    const everything = Array.from({ length: published }, (_, index) => index + 1)
    for (const { seen, gaps } of all) expect([seen, gaps]).toEqual([everything, []])
    const told = all.map(({ changes }) => changes.filter(({ state }) => state === 'retrying'))
    for (const [first, ...more] of told) {
      expect(more).toEqual([])
      expect(first?.error).toMatchObject({ code: 'SERVER_CLOSE', message: expect.stringContaining('3001') })
    }

    expect([code, lines]).toEqual([0, [expect.stringMatching(/^ended \d+$/)]])
    expect(Number(lines[0]?.slice('ended '.length))).toBeLessThanOrEqual(drainMs)
    // Told evenly, so that each quarter of them has a quarter of the time.
    for (const share of quarters(told.map(([first]) => first?.at ?? 0)))
      expect(Math.abs(share - 0.25)).toBeLessThan(0.12)
    // When they dialled, and not when they were served: that is a matter of how busy this machine is.
    const back = all.map(({ dials }) => dials.slice(1))
    expect(back.filter(({ length }) => length !== 1)).toEqual([])
    expect(Math.max(...tenths(back.flat()))).toBeLessThan(0.3)
  },
  120_000,
)
