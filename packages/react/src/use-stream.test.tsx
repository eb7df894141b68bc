import { createStreamManager } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, render, renderHook } from '@testing-library/react'
import { StrictMode, useLayoutEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, test, vi } from 'vitest'
import { useStream } from './use-stream.ts'

const url = 'https://example.test/a'
const append = (text: string, data: string) => text + data

function setUp() {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const manager = createStreamManager()
  return {
    scripted,
    clock,
    manager,
    options: { url, manager, clock, fetch: scripted.fetch, parse: 'text' as const },
    /** Time passes, and React renders what it brought. */
    pass: (ms = 20) => act(() => clock.advance(ms)),
  }
}

describe('useStream', () => {
  test('keeps one connection through the double mount of Strict Mode, and loses nothing', async () => {
    const { options, scripted, pass } = setUp()
    const { result } = renderHook(() => useStream({ ...options, reduce: append, initial: '' }), { wrapper: StrictMode })
    await pass()
    scripted.connection(0).push('one ')
    scripted.connection(0).push('two')
    await pass()

    expect(result.current).toMatchObject({ data: 'one two', state: 'connected', isConnected: true, error: undefined })
    expect(scripted.requests).toHaveLength(1)
  })

  test('shows the same state to all components on a stream, also to one that comes late', async () => {
    const { options, scripted, pass } = setUp()
    const mount = () => renderHook(() => useStream({ ...options, reduce: append, initial: '' }))
    const first = mount()
    await pass()
    scripted.connection(0).push('early ')
    await pass()
    const frames: string[] = []
    const late = renderHook(() => {
      const { data } = useStream({ ...options, reduce: append, initial: '' })
      frames.push(data)
      return data
    })
    scripted.connection(0).push('late')
    await pass()

    expect([first.result.current.data, late.result.current]).toEqual(['early late', 'early late'])
    expect(frames[0]).toBe('early ')
    expect(scripted.requests).toHaveLength(1)
  })

  test('shares the connection but not the state between different reducers', async () => {
    const { options, scripted, pass } = setUp()
    const text = renderHook(() => useStream({ ...options, reduce: append, initial: '' }))
    const last = renderHook(() => useStream(options))
    await pass()
    scripted.connection(0).push('a')
    scripted.connection(0).push('b')
    await pass()

    expect([text.result.current.data, last.result.current.data]).toEqual(['ab', 'b'])
    expect(scripted.requests).toHaveLength(1)
  })

  test('does not share between other headers, and shares by key whatever the functions', async () => {
    const { options, scripted, pass } = setUp()
    for (const headers of [{ 'X-User': 'a' }, { 'X-User': 'b' }, { 'X-User': 'b' }])
      renderHook(() => useStream({ ...options, headers }))
    await pass()
    expect(scripted.requests.map(({ headers }) => headers.get('X-User'))).toEqual(['a', 'b'])

    for (const key of ['user a', 'user a', 'user b'])
      renderHook(() => useStream({ ...options, key, headers: () => ({ 'X-User': key }) }))
    await pass()
    expect(scripted.requests.slice(2).map(({ headers }) => headers.get('X-User'))).toEqual(['user a', 'user b'])
  })

  test('goes on where it left off when a component comes back within the linger', async () => {
    const { options, scripted, pass } = setUp()
    const seen: string[] = []
    const mount = () =>
      renderHook(() => useStream({ ...options, reduce: append, initial: '', onData: (data) => seen.push(data) }))
    const before = mount()
    await pass()
    scripted.connection(0).push('one ')
    await pass()
    before.unmount()
    scripted.connection(0).push('two ')
    await pass(900)
    expect(seen).toEqual(['one '])
    const after = mount()
    scripted.connection(0).push('three')
    await pass()

    expect(after.result.current.data).toBe('one two three')
    expect(seen).toEqual(['one ', 'two ', 'three'])
    await pass(5000)
    expect([scripted.requests.length, scripted.openConnections]).toEqual([1, 1])
  })

  test('leaves nothing behind once it has lingered, and begins anew after that', async () => {
    const { options, scripted, clock, manager, pass } = setUp()
    const mount = () => renderHook(() => useStream({ ...options, reduce: append, initial: '' }))
    const { unmount } = mount()
    await pass()
    scripted.connection(0).push('old')
    await pass()
    unmount()
    await pass(999)
    expect(scripted.openConnections).toBe(1)
    await pass(1)
    expect([scripted.openConnections, clock.pending, manager.getActiveConnections()]).toEqual([0, 0, []])

    const again = mount()
    expect(again.result.current).toMatchObject({ data: '', state: 'connecting' })
    await pass()
    expect(scripted.requests).toHaveLength(2)
  })

  test('calls the handlers of the latest render', async () => {
    const { options, scripted, pass } = setUp()
    const seen: string[] = []
    const { rerender } = renderHook(
      ({ name }) => useStream<string>({ ...options, onData: (data) => seen.push(`${name} ${data}`) }),
      { initialProps: { name: 'first' } },
    )
    await pass()
    scripted.connection(0).push('1')
    await pass()
    rerender({ name: 'second' })
    scripted.connection(0).push('2')
    await pass()

    expect(seen).toEqual(['first 1', 'second 2'])
  })

  test('asks the functions of the latest render at each attempt', async () => {
    const { options, scripted, pass } = setUp()
    const { rerender } = renderHook(
      ({ token }) => useStream({ ...options, headers: () => ({ Authorization: token }) }),
      { initialProps: { token: 'old' } },
    )
    await pass()
    rerender({ token: 'new' })
    scripted.connection(0).drop()
    await pass(2000)

    expect(scripted.requests.map(({ headers }) => headers.get('Authorization'))).toEqual(['old', 'new'])
  })

  test('does not reconnect because of options that are written in place', async () => {
    const { options, scripted, pass } = setUp()
    const { rerender } = renderHook(() =>
      useStream({
        ...options,
        url: () => url,
        headers: { 'X-Own': 'a' },
        shouldRetry: () => true,
        reduce: (all: string[], data: string) => [...all, data],
        initial: [],
      }),
    )
    for (let n = 0; n < 20; n++) {
      rerender()
      await pass()
    }

    expect([scripted.requests.length, scripted.openConnections]).toEqual([1, 1])
  })

  test('switches to another URL without one frame of old data', async () => {
    const { options, scripted, pass } = setUp()
    const frames: (readonly [string, string | undefined])[] = []
    const events: unknown[] = []
    const { rerender } = renderHook(
      ({ at }) => {
        const view = useStream<string>({ ...options, url: at, onData: (data) => events.push([at, data]) })
        frames.push([at, view.data])
      },
      { initialProps: { at: url } },
    )
    await pass()
    scripted.connection(0).push('of a')
    await pass()
    rerender({ at: `${url}/b` })
    await pass()
    scripted.connection(0).push('of a, late')
    scripted.connection(1).push('of b')
    await pass()

    expect(frames.filter(([at]) => at === url).at(-1)).toEqual([url, 'of a'])
    expect(new Set(frames.filter(([at]) => at !== url).map(([, data]) => data))).toEqual(new Set([undefined, 'of b']))
    expect(events).toEqual([
      [url, 'of a'],
      [`${url}/b`, 'of b'],
    ])
    await pass(1000)
    expect(scripted.openConnections).toBe(1)
  })

  test('gives the handlers of another URL no event of the old one, though effects have not run yet', async () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false)
    const { options, scripted, clock } = setUp()
    const events: unknown[] = []
    function Events({ at }: { readonly at: string }) {
      useStream<string>({ ...options, url: at, onData: (data) => events.push([at, data]) })
      // It arrives after the commit and before the effects that leave the old stream.
      useLayoutEffect(() => {
        if (at !== url) scripted.connection(0).push('of a, late')
      }, [at])
      return null
    }
    const root = createRoot(document.createElement('div'))
    root.render(<Events at={url} />)
    await vi.waitFor(async () => {
      await clock.advance(0)
      expect(scripted.openConnections).toBe(1)
    })
    root.render(<Events at={`${url}/b`} />)
    await vi.waitFor(async () => {
      await clock.advance(0)
      expect(scripted.openConnections).toBe(2)
    })
    expect(scripted.connection(0).unread).toBe(0)
    expect(events).toEqual([])
    root.unmount()
    vi.unstubAllGlobals()
  })

  test('is idle without options or a URL, and connects when there is one', async () => {
    const { options, scripted, pass } = setUp()
    const { result, rerender } = renderHook(({ isOn }) => useStream(isOn ? options : null), {
      initialProps: { isOn: false },
    })
    const idle = renderHook(() => useStream({ ...options, url: null, reduce: append, initial: 'nothing yet' }))
    await pass()
    expect(result.current).toMatchObject({ data: undefined, state: 'disconnected', isConnected: false })
    expect(idle.result.current).toMatchObject({ data: 'nothing yet', state: 'disconnected' })
    expect(scripted.requests).toHaveLength(0)

    rerender({ isOn: true })
    expect(result.current.state).toBe('connecting')
    await pass()
    expect(result.current.state).toBe('connected')
    rerender({ isOn: false })
    expect(result.current.state).toBe('disconnected')
    await pass(1000)
    expect(scripted.openConnections).toBe(0)
  })

  test('makes a few renders of a burst of ten thousand events', async () => {
    const { options, scripted, pass } = setUp()
    let renders = 0
    const count = (total: number) => total + 1
    const { result } = renderHook(() => {
      renders++
      return useStream({ ...options, reduce: count, initial: 0 })
    })
    await pass()
    renders = 0
    for (let n = 0; n < 100; n++) scripted.connection(0).raw('data: x\n\n'.repeat(100))
    await pass()

    await vi.waitFor(async () => {
      await pass()
      expect(result.current.data).toBe(10_000)
    })
    expect(renders).toBeLessThanOrEqual(5)
  })

  test('gives the same view as long as nothing changes', async () => {
    const { options, pass } = setUp()
    const { result, rerender } = renderHook(() => useStream(options))
    await pass()
    const before = result.current
    rerender()
    expect(result.current).toBe(before)
  })

  test('carries a thousand components on one connection, and leaves nothing of them', async () => {
    const { options, scripted, clock, pass } = setUp()
    function Text() {
      return <i>{useStream<string>(options).data}</i>
    }
    const { container, unmount } = render(
      <StrictMode>
        {Array.from({ length: 1000 }, (_, n) => (
          <Text key={n} />
        ))}
      </StrictMode>,
    )
    await pass()
    scripted.connection(0).push('x')
    await pass()
    expect([container.textContent, scripted.requests.length]).toEqual(['x'.repeat(1000), 1])
    unmount()
    await pass(1000)
    expect([scripted.openConnections, clock.pending]).toEqual([0, 0])
  })

  test('leaves nothing of a thousand mounts one after the other', async () => {
    const { options, scripted, clock, manager, pass } = setUp()
    for (let n = 0; n < 1000; n++) renderHook(() => useStream({ ...options, url: `${url}/${n % 10}` })).unmount()
    await pass(1000)

    expect([scripted.openConnections, clock.pending, manager.getActiveConnections()]).toEqual([0, 0, []])
    expect(scripted.requests).toHaveLength(10)
  })

  test('stops and starts for all who share it, and keeps its data', async () => {
    const { options, scripted, pass } = setUp()
    const control = renderHook(() => useStream(options))
    const display = renderHook(() => useStream(options))
    await pass()
    scripted.connection(0).push({ id: '7', data: 'kept' })
    await pass()
    act(() => control.result.current.disconnect())
    await pass(1000)
    expect(display.result.current).toMatchObject({ data: 'kept', state: 'disconnected', isConnected: false })
    expect(scripted.openConnections).toBe(0)
    act(() => control.result.current.connect())
    await pass()

    expect(display.result.current).toMatchObject({ data: 'kept', state: 'connected' })
    expect(scripted.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '7'])
  })

  test('shows the last failure until it is connected again', async () => {
    const { options, scripted, pass } = setUp()
    scripted.respond(503)
    const codes: string[] = []
    const { result } = renderHook(() => useStream({ ...options, onError: ({ code }) => codes.push(code) }))
    await pass()
    expect(result.current).toMatchObject({ state: 'retrying', error: { code: 'HTTP', status: 503 } })
    await pass(2000)

    expect(result.current).toMatchObject({ state: 'connected', error: undefined })
    expect(codes).toEqual(['HTTP'])
  })

  test('reports what one component throws, and still calls the others', async () => {
    const { options, scripted, pass } = setUp()
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const reportError = vi.fn<(error: unknown) => void>()
    vi.stubGlobal('reportError', reportError)
    const seen: string[] = []
    const fail = () => {
      throw new Error('faulty component')
    }
    const { result } = renderHook(() => useStream<string>({ ...options, onData: fail }))
    renderHook(() => useStream<string>({ ...options, onData: (data) => seen.push(data) }))
    await pass()
    scripted.connection(0).push('1')
    scripted.connection(0).push('2')
    await pass()
    vi.unstubAllGlobals()
    report.mockRestore()

    expect(seen).toEqual(['1', '2'])
    expect(result.current.data).toBe('2')
    expect(reportError.mock.calls.map(String)).toEqual(['Error: faulty component', 'Error: faulty component'])
  })

  test('waits for a handler that returns a promise before the next event', async () => {
    const { options, scripted, pass } = setUp()
    let finish = () => {}
    const seen: string[] = []
    renderHook(() =>
      useStream<string>({
        ...options,
        onData(data) {
          seen.push(data)
          return new Promise<void>((resolve) => (finish = resolve))
        },
      }),
    )
    await pass()
    scripted.connection(0).push('1')
    scripted.connection(0).push('2')
    await pass()
    expect(seen).toEqual(['1'])
    finish()
    await pass()
    expect(seen).toEqual(['1', '2'])
  })

  test('lets a component disconnect in its own first effect', async () => {
    const { options, scripted, pass } = setUp()
    const { result } = renderHook(() => useStream(options))
    act(() => result.current.disconnect())
    await pass()

    expect([result.current.state, scripted.requests.length]).toEqual(['disconnected', 0])
  })

  test('takes an equal URL object for the same URL', async () => {
    const { options, scripted, pass } = setUp()
    function State({ turn }: { readonly turn: number }) {
      return `${turn} ${useStream({ ...options, url: new URL(url) }).state}`
    }
    const { container, rerender } = render(<State turn={0} />)
    await pass()
    for (let turn = 1; turn < 5; turn++) rerender(<State turn={turn} />)
    await pass()

    expect([container.textContent, scripted.requests.length]).toEqual(['4 connected', 1])
  })
})
