import { sse } from '@steadystream/core'
import { createManualClock } from '@steadystream/core/testing'
import { act, renderHook, waitFor } from '@testing-library/react'
import { useEffect } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { describe, expect, expectTypeOf, inject, test, vi } from 'vitest'

import { useChannel } from './use-channel.ts'
import { countListeners } from '../test/count-listeners.ts'
import { serveChannels, socket } from '../test/serve-channels.tsx'

import type { ChannelName } from '@steadystream/core'

const append = (all: string, data: string) => all + data

describe('useChannel', () => {
  test('follows a channel under Strict Mode, publishes to it, and leaves nothing', async () => {
    const { realtime, manager, client, wrapper } = await serveChannels()
    const seen: unknown[] = []
    const onData = (data: string, { channel }: { readonly channel: string }) => seen.push([channel, data])
    const { result, unmount } = renderHook(
      () => useChannel<string, string>('news', { reduce: append, initial: '', onData, linger: 50 }),
      { wrapper },
    )
    expect(result.current).toMatchObject({ data: '', state: 'connecting' })
    await waitFor(() => expect(result.current.isConnected).toBe(true))
    expect(realtime.stats().channels.totalSubscriptions).toBe(1)
    const { publish } = result.current
    await act(() => publish('a'))
    await act(() => realtime.publish('news', 'b'))
    await waitFor(() => expect(result.current.data).toBe('ab'))
    expect([seen, result.current.publish === publish, result.current.transport]).toEqual([
      [
        ['news', 'a'],
        ['news', 'b'],
      ],
      true,
      'websocket',
    ])
    expectTypeOf(result.current.data).toEqualTypeOf<string>()
    unmount()
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(0))
    client.close()
    await vi.waitFor(() => expect(manager.getActiveConnections()).toEqual([]))
  })

  test('switches channels without a frame of the old data, over one connection', async () => {
    const { realtime, manager, wrapper } = await serveChannels()
    const initialProps: { readonly id: string | null } = { id: 'a' }
    const frames: unknown[] = []
    const { result, rerender } = renderHook(
      ({ id }: { readonly id: string | null }) => {
        const view = useChannel<string>(id && { type: 'job', id }, { from: 'start', linger: 50 })
        frames.push([id, view.data])
        return view
      },
      { wrapper, initialProps },
    )
    await realtime.publish({ type: 'job', id: 'a' }, 'of a')
    await realtime.publish({ type: 'job', id: 'b' }, 'of b')
    await waitFor(() => expect(result.current.data).toBe('of a'))
    frames.length = 0
    rerender({ id: 'b' })
    await waitFor(() => expect(result.current.data).toBe('of b'))
    expect(frames.filter((frame) => JSON.stringify(frame) === '["b","of a"]')).toEqual([])
    expect(manager.getActiveConnections()).toHaveLength(1)
    rerender({ id: null })
    expect(result.current).toMatchObject({ data: undefined, state: 'disconnected' })
    await expect(result.current.publish('x')).rejects.toThrow('no channel')
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(0))
  })

  test('shows one that comes late the same, and goes on after a lost connection', async () => {
    const { realtime, client, wrapper } = await serveChannels()
    const { result, rerender } = renderHook(
      ({ isLate }) => [
        useChannel<string, string>('news', { reduce: append, initial: '' }),
        useChannel<string, string>(isLate ? 'news' : null, { reduce: append, initial: '' }),
      ],
      { wrapper, initialProps: { isLate: false } },
    )
    await waitFor(() => expect(result.current[0]?.isConnected).toBe(true))
    await act(() => realtime.publish('news', 'a'))
    await waitFor(() => expect(result.current[0]?.data).toBe('a'))
    rerender({ isLate: true })
    expect(result.current[1]?.data).toBe('a')
    act(() => client.reconnect())
    await act(() => realtime.publish('news', 'b'))
    await waitFor(() => expect(result.current.map(({ data }) => data)).toEqual(['ab', 'ab']))
    act(() => result.current[1]?.disconnect())
    await waitFor(() => expect(result.current.map(({ state }) => state)).toEqual(['disconnected', 'disconnected']))
    await realtime.publish('news', 'c')
    act(() => result.current[0]?.connect())
    await waitFor(() => expect(result.current.map(({ data }) => data)).toEqual(['abc', 'abc']))
  })

  test('loads the state that events build on, and skips what that comprises', async () => {
    const { realtime, wrapper } = await serveChannels()
    await realtime.publish('news', 'a')
    const { result } = renderHook(
      () =>
        useChannel<string, string>('news', {
          reduce: append,
          initial: '',
          getState: ({ position }) => ({ state: 'loaded ', position }),
        }),
      { wrapper },
    )
    await waitFor(() => expect(result.current.data).toBe('loaded '))
    await act(() => realtime.publish('news', 'b'))
    await waitFor(() => expect(result.current.data).toBe('loaded b'))
  })

  test('loads the state anew when it starts again before that has come', async () => {
    const { realtime, wrapper } = await serveChannels()
    const loads: ((state: string) => void)[] = []
    const getState = ({ position }: { readonly position: string }) =>
      new Promise<{ state: string; position: string }>((resolve) => loads.push((state) => resolve({ state, position })))
    const { result } = renderHook(() => useChannel<string, string>('news', { reduce: append, initial: '', getState }), {
      wrapper,
    })
    await waitFor(() => expect(loads).toHaveLength(1))
    act(() => result.current.disconnect())
    act(() => result.current.connect())
    await waitFor(() => expect(loads).toHaveLength(2))
    await realtime.publish('news', 'a')
    await act(() => Promise.resolve(loads[1]?.('second ')))
    await waitFor(() => expect(result.current.data).toBe('second a'))
    await act(() => Promise.resolve(loads[0]?.('first ')))
    await act(() => realtime.publish('news', 'b'))
    await waitFor(() => expect(result.current.data).toBe('second ab'))
  })

  test('subscribes once though it is started as it is mounted', async () => {
    const { realtime, wrapper } = await serveChannels()
    const { result } = renderHook(
      () => {
        const view = useChannel<string, string>('news', { reduce: append, initial: '' })
        const { connect } = view
        useEffect(() => connect(), [connect])
        return view
      },
      { wrapper },
    )
    await waitFor(() => expect(result.current.isConnected).toBe(true))
    await act(() => realtime.publish('news', 'a'))
    await waitFor(() => expect(result.current.data).toBe('a'))
  })

  test('shows the refusal of its channel', async () => {
    const { wrapper } = await serveChannels()
    const { result } = renderHook(() => useChannel('secret'), { wrapper })
    await waitFor(() => expect(result.current).toMatchObject({ state: 'error', error: { code: 'FORBIDDEN' } }))
  })

  test('falls back to another transport of its client', async () => {
    const html = () => Promise.resolve(new Response('<p>blocked</p>', { headers: { 'Content-Type': 'text/html' } }))
    const { realtime, wrapper } = await serveChannels([sse('', { fetch: html }), socket])
    const { result } = renderHook(() => useChannel<string>('news'), { wrapper })
    await waitFor(() => expect(result.current).toMatchObject({ isConnected: true, transport: 'websocket' }))
    await act(() => realtime.publish('news', 'a'))
    await waitFor(() => expect(result.current.data).toBe('a'))
  })

  test('dials nothing on a server, and needs a client once it is mounted', async () => {
    const { manager, wrapper: Wrapper } = await serveChannels()
    function Shown({ channel }: { readonly channel: ChannelName | null }) {
      return <p>{useChannel(channel).state}</p>
    }
    const page = (
      <Wrapper>
        <Shown channel="news" />
        <Shown channel={null} />
      </Wrapper>
    )
    expect(renderToString(page)).toBe('<p>connecting</p><p>disconnected</p>')
    expect(manager.getActiveConnections()).toEqual([])
    // After an effect that throws, React 18 can test no more.
    if (inject('reactMajor') < 19) return
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(() => renderHook(() => useChannel('news'))).toThrow('no client, nor channels of a StreamProvider')
    report.mockRestore()
  })

  test('hydrates to what was rendered on a server, and subscribes', async () => {
    const { realtime, wrapper: Wrapper } = await serveChannels()
    const complaints = vi.spyOn(console, 'error')
    function Shown() {
      const { state, data } = useChannel<string>('news', { linger: 50 })
      return <p>{`${state} ${data ?? 'nothing'}`}</p>
    }
    const page = (
      <Wrapper>
        <Shown />
      </Wrapper>
    )
    const container = document.createElement('div')
    container.innerHTML = renderToString(page)
    expect(container.textContent).toBe('connecting nothing')
    const root = await act(() => Promise.resolve(hydrateRoot(container, page)))
    await waitFor(() => expect(container.textContent).toBe('connected nothing'))
    await act(() => realtime.publish('news', 'a'))
    await waitFor(() => expect(container.textContent).toBe('connected a'))
    expect([complaints.mock.calls, realtime.stats().channels.totalSubscriptions]).toEqual([[], 1])
    act(() => root.unmount())
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(0))
  })

  test('leaves nothing of a thousand mounts: no subscription, timer or listener', async () => {
    const { realtime, client } = await serveChannels()
    client.start()
    await vi.waitFor(() => expect(client.state).toBe('connected'), 20_000)
    const clock = createManualClock()
    const { rerender } = renderHook(
      ({ channel }: { readonly channel: string | null }) => useChannel(channel, { client, clock, onData: () => {} }),
      { initialProps: { channel: null as string | null } },
    )
    const listeners = countListeners()
    const subscriptions = () => realtime.stats().channels.totalSubscriptions
    for (let n = 0; n < 1000; n++) {
      rerender({ channel: `channel${n % 10}` })
      rerender({ channel: null })
    }
    await vi.waitFor(() => expect(subscriptions()).toBe(10), 20_000)
    await act(() => clock.advance(1000))
    await vi.waitFor(() => expect(subscriptions()).toBe(0), 20_000)
    expect([clock.pending, listeners()]).toEqual([0, 0])
  }, 60_000)
})
