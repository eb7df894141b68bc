import { act, render, renderHook } from '@testing-library/react'
import { StrictMode } from 'react'
import { describe, expect, test, vi } from 'vitest'
import { useStream } from './use-stream.ts'
import { append, setUp } from '../test/scripted-hooks.ts'

describe('components that share a stream', () => {
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

  test('asks the functions of a component that is still there, where the one that opened the stream has gone', async () => {
    const { options, scripted, pass } = setUp()
    const mount = () =>
      renderHook(
        ({ token }: { readonly token: string }) =>
          useStream({ ...options, key: 'shared', headers: () => ({ Authorization: token }) }),
        { initialProps: { token: 'old' } },
      )
    const first = mount()
    const second = mount()
    await pass()
    first.unmount()
    second.rerender({ token: 'new' })
    scripted.connection(0).drop()
    await pass(2000)
    expect(scripted.requests.map(({ headers }) => headers.get('Authorization'))).toEqual(['old', 'new'])
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
  }, 60_000)

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
})
