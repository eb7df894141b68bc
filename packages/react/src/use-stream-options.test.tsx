import { render, renderHook } from '@testing-library/react'
import { StrictMode, useLayoutEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { useStream } from './use-stream.ts'
import { append, setUp, url } from '../test/scripted-hooks.ts'

describe('what another render changes', () => {
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

  test('switches to another URL under the same id, which the old stream gives up', async () => {
    const { options, manager, scripted, pass } = setUp()
    const { result, rerender } = renderHook(({ at }) => useStream<string>({ ...options, url: at, id: 'room' }), {
      initialProps: { at: url },
      wrapper: StrictMode,
    })
    await pass()
    rerender({ at: `${url}/b` })
    await pass()
    scripted.connection(1).push('of b')
    await pass()
    expect([result.current.data, manager.getState('room'), scripted.openConnections]).toEqual(['of b', 'connected', 1])
    // The one that has come instead of the other stays, whatever became of that.
    await pass(2000)
    expect([result.current.state, manager.getState('room')]).toEqual(['connected', 'connected'])
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

  test('gives the same view as long as nothing changes', async () => {
    const { options, pass } = setUp()
    const { result, rerender } = renderHook(() => useStream(options))
    await pass()
    const before = result.current
    rerender()
    expect(result.current).toBe(before)
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

  test('keeps an event that comes between the commit of another URL and its effects for who comes back', async () => {
    // Within act() the effects come with the commit, and nothing between.
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false)
    onTestFinished(() => void vi.unstubAllGlobals())
    const { options, scripted, clock } = setUp()
    const seen: string[] = []
    function View({ at, committed }: { readonly at: string; readonly committed?: () => void }) {
      useStream<string>({ ...options, url: `${url}/${at}`, onData: (data) => seen.push(`${at} ${data}`) })
      useLayoutEffect(() => committed?.(), [committed])
      return at
    }
    const container = document.createElement('div')
    const root = createRoot(container)
    const until = (check: () => void) =>
      vi.waitFor(async () => {
        await clock.advance(1)
        check()
      })
    root.render(<View at="a" />)
    await until(() => expect(scripted.openConnections).toBe(1))
    root.render(<View at="b" committed={() => scripted.connection(0).push('1')} />)
    await until(() => expect(scripted.openConnections).toBe(2))
    root.render(<View at="a" />)
    await until(() => expect(container.textContent).toBe('a'))
    scripted.connection(0).push('2')
    await until(() => expect(seen).toEqual(['a 1', 'a 2']))
    root.unmount()
  })
})
