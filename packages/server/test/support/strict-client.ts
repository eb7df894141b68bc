import { get } from 'node:http'

import type { ClientRequest } from 'node:http'

/** A client of an event stream that keeps a record of everything that it may not be shown. */
export interface StrictClient {
  /** What was shown it twice, out of order, or with a hole that nobody declared. */
  readonly faults: readonly string[]
  /** Gaps that were declared to it. */
  readonly gaps: readonly string[]
  readonly reconnects: number
  /** When it was told to dial elsewhere, on the monotonic clock. */
  readonly dueAt: readonly number[]
  /** How many events of each publisher it has had. */
  readonly counts: readonly number[]
  readonly isConnected: boolean
  stop(): void
}

const maxEvents = 200_000

/** Follows a stream, and comes back to another port whenever it ends. */
export function strictClient(ports: readonly number[], first: number): StrictClient {
  const faults: string[] = []
  const gaps: string[] = []
  const dueAt: number[] = []
  const seen = ports.map(() => new Uint8Array(maxEvents))
  const counts = ports.map(() => 0)
  let request: ClientRequest | undefined
  let position: string | undefined
  let reconnects = -1
  let isConnected = false
  let isStopped = false
  let retryMs = 10

  function take(block: string): void {
    const id = /^id: (.+)$/m.exec(block)?.[1]
    const event = /^event: (.+)$/m.exec(block)?.[1]
    const data = /^data: (.+)$/m.exec(block)?.[1]
    if (event === 'steadystream.gap') gaps.push(`${position} to ${id}`)
    if (event === undefined && data !== undefined && id !== undefined) takeEvent(id, data)
    if (event === 'steadystream.close' && data !== undefined) {
      retryMs = (JSON.parse(data) as { retryMs: number }).retryMs
      dueAt.push(performance.now() + retryMs)
    }
    if (id !== undefined) position = id
  }

  function takeEvent(id: string, data: string): void {
    const [epoch, offset] = id.split(':')
    const [lastEpoch, last] = position?.split(':') ?? []
    if (position !== undefined && (epoch !== lastEpoch || Number(offset) !== Number(last) + 1)) {
      faults.push(`${id} after ${position}`)
    }
    const { publisher, n } = JSON.parse(data) as { publisher: number; n: number }
    const had = seen[publisher]
    if (!had) return
    if (had[n]) faults.push(`${publisher}:${n} came again as ${id}`)
    had[n] = 1
    counts[publisher] = (counts[publisher] ?? 0) + 1
  }

  function dial(attempt: number): void {
    if (isStopped) return
    const port = ports[(first + attempt) % ports.length]
    const headers = position === undefined ? {} : { 'Last-Event-ID': position }
    let rest = ''
    request = get({ port, host: '127.0.0.1', headers, agent: false }, (response) => {
      if (response.statusCode === 200) {
        isConnected = true
        reconnects++
      }
      response.setEncoding('utf8').on('data', (text: string) => {
        if (response.statusCode !== 200) return
        const blocks = (rest + text).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) take(block)
      })
      response.on('error', () => {})
    })
    request.on('error', () => {})
    request.on('close', () => {
      isConnected = false
      setTimeout(() => dial(attempt + 1), retryMs)
      retryMs = 10 + Math.random() * 100
    })
  }

  dial(0)
  return {
    faults,
    gaps,
    dueAt,
    counts,
    get reconnects() {
      return reconnects
    },
    get isConnected() {
      return isConnected
    },
    stop() {
      isStopped = true
      request?.destroy()
    },
  }
}
