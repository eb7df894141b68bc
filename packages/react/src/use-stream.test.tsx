import { act, render, renderHook } from '@testing-library/react'
import { StrictMode, useEffect } from 'react'
import { describe, expect, test, vi } from 'vitest'
import { useStream } from './use-stream.ts'
import { append, setUp, url } from '../test/scripted-hooks.ts'

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

  test('leaves nothing of a thousand mounts one after the other', async () => {
    const { options, scripted, clock, manager, pass } = setUp()
    for (let n = 0; n < 1000; n++) renderHook(() => useStream({ ...options, url: `${url}/${n % 10}` })).unmount()
    await pass(1000)

    expect([scripted.openConnections, clock.pending, manager.getActiveConnections()]).toEqual([0, 0, []])
    expect(scripted.requests).toHaveLength(10)
  }, 60_000)

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

  test('lets a component disconnect in its own first effect', async () => {
    const { options, scripted, pass } = setUp()
    const { result } = renderHook(() => useStream(options))
    act(() => result.current.disconnect())
    await pass()

    expect([result.current.state, scripted.requests.length]).toEqual(['disconnected', 0])
  })

  test('hears what a component further down, whose effects run first, asks of it', async () => {
    const { options, scripted, pass } = setUp()
    function Start({ connect }: { readonly connect: () => void }) {
      useEffect(connect, [connect])
      return null
    }
    function Waiting() {
      const { state, connect } = useStream({ ...options, autoStart: false })
      return (
        <>
          {state}
          <Start connect={connect} />
        </>
      )
    }
    const { container } = render(<Waiting />)
    await pass()
    expect([container.textContent, scripted.requests.length]).toEqual(['connected', 1])
  })

  test('starts anew where a component that disconnects as it goes comes back, or is mounted twice', async () => {
    const { options, scripted, pass } = setUp()
    function TidyingUp() {
      const { data, state, disconnect } = useStream({ ...options, reduce: append, initial: '' })
      useEffect(() => disconnect, [disconnect])
      return `${state} ${data}`
    }
    const { container, rerender } = render(<TidyingUp />, { wrapper: StrictMode })
    await pass()
    expect(container.textContent).toBe('connected ')
    scripted.connection(0).push('a')
    await pass()
    rerender(<></>)
    await pass()
    rerender(<TidyingUp />)
    await pass()
    expect(container.textContent).toBe('connected a')
  })
})
