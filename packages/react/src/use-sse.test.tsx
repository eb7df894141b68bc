import { createStreamManager } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, renderHook } from '@testing-library/react'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { useSSE } from './use-sse.ts'

import type { SSEHookOptions } from './use-sse.ts'

const url = 'https://example.test/progress'

function setUp(own: SSEHookOptions<{ n: number }> = {}) {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const options = { manager: createStreamManager(), clock, fetch: scripted.fetch, ...own }
  const mount = () => renderHook(() => useSSE<{ n: number }>(url, options))
  return { scripted, clock, mount, pass: (ms = 20) => act(() => clock.advance(ms)) }
}

describe('useSSE', () => {
  test('gives the latest event, parsed, and hands each one to onMessage', async () => {
    const seen: unknown[] = []
    const { scripted, mount, pass } = setUp({ onMessage: ({ n }, { id }) => seen.push([n, id]) })
    const { result } = mount()
    await pass()
    scripted.connection(0).push({ id: 'a', data: { n: 1 } })
    scripted.connection(0).push({ id: 'b', data: { n: 2 } })
    await pass()

    expect(result.current).toEqual({
      data: { n: 2 },
      error: undefined,
      isConnected: true,
      state: 'connected',
      transport: 'sse',
      connect: expect.any(Function),
      disconnect: expect.any(Function),
      update: expect.any(Function),
    })
    expect(seen).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    expectTypeOf(result.current.data).toEqualTypeOf<{ n: number } | undefined>()
  })

  test('reconnects after reconnectInterval, 3 s by default, and jitter', async () => {
    const { scripted, mount, pass } = setUp({ jitter: 0 })
    const { result } = mount()
    await pass()
    scripted.connection(0).drop()
    await pass()
    expect(result.current.state).toBe('retrying')
    await pass(2979)
    expect(scripted.requests).toHaveLength(1)
    await pass(1)
    expect(scripted.requests).toHaveLength(2)
  })

  test('gives up after maxReconnectAttempts retries, 5 by default', async () => {
    const codes: unknown[] = []
    const { scripted, mount, pass } = setUp({ onError: ({ code, willRetry }) => codes.push([code, willRetry]) })
    scripted.respond(503, { times: 100 })
    const { result } = mount()
    await pass(600_000)

    expect(scripted.requests).toHaveLength(6)
    expect(result.current).toMatchObject({ state: 'error', error: { code: 'HTTP' } })
    expect(codes).toEqual([...Array.from({ length: 5 }, () => ['HTTP', true]), ['HTTP', false]])
  })

  test('does not reconnect when told not to: a lost link is an error, a clean end is the end', async () => {
    const lost = setUp({ reconnect: false })
    const ended = setUp({ reconnect: false })
    const [lostHook, endedHook] = [lost.mount(), ended.mount()]
    await lost.pass()
    await ended.pass()
    lost.scripted.connection(0).drop()
    ended.scripted.connection(0).end()
    await lost.pass(60_000)
    await ended.pass(60_000)

    expect([lostHook.result.current.state, lost.scripted.requests.length]).toEqual(['error', 1])
    expect([endedHook.result.current.state, ended.scripted.requests.length]).toEqual(['disconnected', 1])
  })

  test('connects again by hand after it has given up', async () => {
    const { scripted, mount, pass } = setUp({ maxReconnectAttempts: 0 })
    scripted.respond(503)
    const { result } = mount()
    await pass()
    expect(result.current.state).toBe('error')
    act(() => result.current.connect())
    await pass()
    expect(result.current).toMatchObject({ state: 'connected', error: undefined })
  })
})
