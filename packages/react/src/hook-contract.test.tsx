import { polling } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, render } from '@testing-library/react'
import { StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { describe, expect, test, vi } from 'vitest'

import { StreamProvider } from './stream-provider.ts'
import { hookRows } from '../test/hook-rows.ts'

import type { PollItem } from '@steadystream/core'
import type { HookRow, RowOptions } from '../test/hook-rows.ts'

interface View {
  readonly state: string
  readonly isConnected: boolean
  readonly error?: { readonly code: string; readonly status?: number | undefined } | undefined
  readonly startStreaming?: () => void
}

const initialState = ({ waits }: HookRow) => (waits ? 'disconnected' : 'connecting')

/** Shows what the hook of this row returns, and keeps every frame of it. */
function setUp(row: HookRow, options?: RowOptions) {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const frames: (readonly [id: string | null, value: unknown, state: string])[] = []
  const views: View[] = []
  function Shown({ id }: { readonly id: string | null }) {
    // Every row returns at least this.
    const view = row.use(id, options) as View
    const value = row.read(view as never)
    views.push(view)
    frames.push([id, value, view.state])
    return <p>{JSON.stringify([value, view.state, view.isConnected])}</p>
  }
  const page = (id: string | null, hasLate = false) => (
    <StrictMode>
      <StreamProvider fetch={scripted.fetch} clock={clock} baseUrl="https://example.test" jitter={0} retryDelay={1000}>
        <Shown id={id} />
        {hasLate && <Shown id={id} />}
      </StreamProvider>
    </StrictMode>
  )
  const pass = (ms = 20) => act(() => clock.advance(ms))
  return {
    scripted,
    clock,
    frames,
    page,
    pass,
    view: () => views.at(-1) as View,
    value: () => row.read(views.at(-1) as never),
    /** Mounts it and has it connected. */
    async open(id = 'a') {
      const mounted = render(page(id))
      if (row.waits) act(() => views.at(-1)?.startStreaming?.())
      await pass()
      return mounted
    },
  }
}

describe.each(hookRows)('$name', (row) => {
  const { events, values } = row

  test('keeps one connection under Strict Mode, shows what comes, and lets go of everything', async () => {
    const { open, scripted, clock, pass, value, view } = setUp(row)
    const { unmount } = await open()
    expect(scripted.requests.map(({ url }) => url.replace(/[?&]from=start$/, ''))).toEqual([
      `https://example.test${row.path('a')}`,
    ])
    expect([view().state, view().isConnected]).toEqual(['connected', true])
    for (const [n, event] of events.entries()) {
      scripted.connection(0).push({ id: String(n), data: event })
      await pass()
      expect(value()).toEqual(values[n + 1])
    }
    expect(scripted.requests).toHaveLength(1)
    unmount()
    await pass(1000)
    expect([scripted.openConnections, clock.pending]).toEqual([0, 0])
  })

  test('dials nothing on a server, and hydrates to what was rendered there', async () => {
    const { page, scripted, clock, pass, value } = setUp(row)
    const complaints = vi.spyOn(console, 'error')
    const container = document.createElement('div')
    container.innerHTML = renderToString(page('a'))
    await clock.advance(60_000)
    expect([container.textContent, scripted.requests.length, clock.pending]).toEqual([
      JSON.stringify([values[0], initialState(row), false]),
      0,
      0,
    ])
    const root = await act(() => Promise.resolve(hydrateRoot(container, page('a'))))
    await pass()
    expect(value()).toEqual(row.name === 'useRealtimeAgentMessages' ? [[], true] : values[0])
    expect(complaints).not.toHaveBeenCalled()
    act(() => root.unmount())
    await pass(1000)
  })

  const switches = () =>
    test('switches to another ID without a frame of the old data', async () => {
      const { open, page, frames, scripted, pass, view } = setUp(row)
      const { rerender } = await open()
      scripted.connection(0).push({ id: '1', data: events[0] })
      await pass()
      frames.length = 0
      rerender(page('b'))
      if (row.waits) act(() => view().startStreaming?.())
      await pass()
      scripted.connection(0).push({ id: '2', data: events[1] })
      await pass()
      expect(frames.map(([id, value]) => [id, value])).toEqual(frames.map(() => ['b', values[0]]))
      scripted.connection(1).push({ id: '1', data: events[0] })
      await pass()
      expect(frames.at(-1)).toEqual(['b', values[1], 'connected'])
    })
  // There is one chat.
  if (row.path('a') !== row.path('b')) switches()

  test('shows nothing, and lets go, when there is no ID any more', async () => {
    const { open, page, frames, scripted, pass } = setUp(row)
    const { rerender } = await open()
    scripted.connection(0).push({ id: '1', data: events[0] })
    await pass()
    frames.length = 0
    rerender(page(null))
    await pass(1000)
    expect(frames.map(([, value, state]) => [value, state])).toEqual(frames.map(() => [values[0], 'disconnected']))
    expect(scripted.openConnections).toBe(0)
  })

  test('shows a failure, connects again, and goes on from what it has', async () => {
    const { open, scripted, frames, pass, view, value } = setUp(row)
    await open()
    scripted.connection(0).push({ id: '1', data: events[0] })
    await pass()
    frames.length = 0
    scripted.respond(503)
    scripted.connection(0).drop()
    await pass(1100)
    expect(view()).toMatchObject({ state: 'retrying', isConnected: false, error: { code: 'HTTP', status: 503 } })
    await pass(4000)
    expect(view()).toMatchObject({ state: 'connected', error: undefined })
    expect(frames.map(([, each]) => dataOf(row, each))).toEqual(frames.map(() => dataOf(row, values[1])))
    scripted.connection(1).push({ id: '2', data: events[1] })
    await pass()
    expect(value()).toEqual(values[2])
    expect(scripted.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1', '1'])
  })

  test('shows one that comes late the same, from its first frame on', async () => {
    const { open, page, scripted, pass, frames } = setUp(row)
    const { rerender } = await open()
    scripted.connection(0).push({ id: '1', data: events[0] })
    await pass()
    frames.length = 0
    rerender(page('a', true))
    scripted.connection(0).push({ id: '2', data: events[1] })
    await pass()
    const shown = new Set(frames.map((frame) => JSON.stringify(frame)))
    expect([...shown]).toEqual([values[1], values[2]].map((each) => JSON.stringify(['a', each, 'connected'])))
    expect(scripted.requests).toHaveLength(1)
  })

  test('falls back to another transport, and says which', async () => {
    const parse = (body: unknown) => body as PollItem[]
    const { open, scripted, pass, view, value } = setUp(row, {
      fallback: [polling('/poll', { parse, fetch: (...args) => scripted.fetch(...args) })],
    })
    const html = { headers: { 'Content-Type': 'text/html' }, body: '<p>blocked</p>' }
    const isOwn = row.name === 'useRealtimeAgentMessages'
    const items = events.map((data, id) => (isOwn ? data : { id, data }))
    scripted.respond(200, html)
    scripted.respond(200, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(items) })
    await open()
    await pass(100)
    expect(view()).toMatchObject({ transport: 'polling', isConnected: true, error: undefined })
    expect(dataOf(row, value())).toEqual(dataOf(row, values[2]))
  })

  test('gives up without a thing left behind when it is unmounted while it connects', async () => {
    const { page, scripted, clock, pass } = setUp(row)
    scripted.ignore(10)
    const { unmount } = render(page('a'))
    await pass(0)
    unmount()
    await pass(1000)
    expect([scripted.openConnections, clock.pending]).toEqual([0, 0])
  })
})

/** Without what is shown of the connection. */
const dataOf = ({ name }: HookRow, value: unknown) =>
  name === 'useRealtimeAgentMessages' ? (value as unknown[])[0] : value
