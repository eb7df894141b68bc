import { createStreamManager, sse } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, renderHook, waitFor } from '@testing-library/react'
import { StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { describe, expect, expectTypeOf, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

import { useWebSocket } from './use-web-socket.ts'
import { countListeners } from '../test/count-listeners.ts'

import type { AddressInfo } from 'node:net'
import type { WebSocketHookOptions } from './use-web-socket.ts'

/** A real server on a free port, which echoes. */
async function serve() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const received: string[] = []
  const protocols: string[] = []
  let connections = 0
  server.on('connection', (socket) => {
    connections++
    protocols.push(socket.protocol)
    socket.on('message', (data: Buffer) => {
      received.push(data.toString())
      socket.send(data.toString())
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  const manager = createStreamManager()
  const options: WebSocketHookOptions<{ n: number }> = {
    manager,
    // The runtime's own is a browser's only in name here.
    WebSocket,
    reconnectInterval: 200,
    jitter: 0,
    linger: 50,
  }
  return {
    ...{ server, received, protocols, manager, options },
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
  }
}

const propsFor = (at: string | null) => ({ at })

const mount = ({ url, options }: Awaited<ReturnType<typeof serve>>, own: WebSocketHookOptions<{ n: number }> = {}) =>
  renderHook(({ at }: { readonly at: string | null }) => useWebSocket<{ n: number }>(at, { ...options, ...own }), {
    initialProps: propsFor(url),
    wrapper: StrictMode,
  })

describe('useWebSocket', () => {
  test('keeps one socket under Strict Mode, sends, and shows what comes', async () => {
    const served = await serve()
    const seen: number[] = []
    const { result, unmount } = mount(served, { onMessage: ({ n }) => seen.push(n) })
    expect(result.current).toMatchObject({ state: 'connecting', lastMessage: undefined })
    const { send } = result.current
    await waitFor(() => expect(result.current.isConnected).toBe(true))
    act(() => {
      expect([send({ n: 1 }), send('{"n":2}')]).toEqual(['sent', 'sent'])
    })
    await waitFor(() => expect(result.current.lastMessage).toEqual({ n: 2 }))
    expect([seen, served.received, served.connections()]).toEqual([[1, 2], ['{"n":1}', '{"n":2}'], 1])
    expect([result.current.send === send, result.current.transport, served.protocols]).toEqual([
      true,
      'websocket',
      [''],
    ])
    expectTypeOf(result.current.lastMessage).toEqualTypeOf<{ n: number } | undefined>()

    unmount()
    await vi.waitFor(() => expect([served.server.clients.size, served.manager.getActiveConnections()]).toEqual([0, []]))
  })

  test('sends what is no text and no bytes as JSON', async () => {
    const served = await serve()
    const { result } = mount(served)
    await waitFor(() => expect(result.current.isConnected).toBe(true))
    class Point {
      readonly n = 3
    }
    const bare = Object.assign(Object.create(null) as object, { n: 2 })
    act(() => {
      for (const data of [[{ n: 1 }], bare, new Point(), 'plain', new TextEncoder().encode('bytes')])
        expect(result.current.send(data)).toBe('sent')
    })
    await vi.waitFor(() => expect(served.received).toEqual(['[{"n":1}]', '{"n":2}', '{"n":3}', 'plain', 'bytes']))
  })

  test('shows a lost connection, dials again, and sends what has waited', async () => {
    const served = await serve()
    const { result } = mount(served)
    await waitFor(() => expect(result.current.isConnected).toBe(true))
    for (const socket of served.server.clients) socket.terminate()
    await waitFor(() => expect(result.current.state).toBe('retrying'))
    expect(result.current.error?.code).toBe('NETWORK')
    act(() => {
      expect(result.current.send({ n: 7 })).toBe('queued')
    })
    await waitFor(() => expect(result.current.lastMessage).toEqual({ n: 7 }))
    expect([served.connections(), result.current.error]).toEqual([2, undefined])
  })

  test('switches, and lets go where there is no URL', async () => {
    const first = await serve()
    const second = await serve()
    const { result, rerender } = mount(first)
    await waitFor(() => expect(result.current.isConnected).toBe(true))
    act(() => void result.current.send({ n: 1 }))
    await waitFor(() => expect(result.current.lastMessage).toEqual({ n: 1 }))
    rerender({ at: second.url })
    expect(result.current).toMatchObject({ lastMessage: undefined, state: 'connecting' })
    await waitFor(() => expect(result.current.isConnected).toBe(true))
    await vi.waitFor(() => expect(first.server.clients.size).toBe(0))
    rerender({ at: null })
    expect(result.current).toMatchObject({ lastMessage: undefined, state: 'disconnected' })
    expect(result.current.send('nobody hears')).toBe('refused')
    await vi.waitFor(() => expect(second.server.clients.size).toBe(0))
  })

  test('is an error where it does not reconnect, and connects again by hand', async () => {
    const served = await serve()
    const { result } = mount(served, { reconnect: false })
    await waitFor(() => expect(result.current.isConnected).toBe(true))
    for (const socket of served.server.clients) socket.terminate()
    await waitFor(() => expect(result.current.state).toBe('error'))
    act(() => result.current.connect())
    await waitFor(() => expect(result.current.isConnected).toBe(true))
    act(() => result.current.disconnect())
    await waitFor(() => expect(result.current.state).toBe('disconnected'))
  })

  test('falls back to another transport, and says which', async () => {
    const closed = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await new Promise((resolve) => closed.once('listening', resolve))
    // Listening on a port.
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const scripted = createScriptedStream()
    const manager = createStreamManager()
    const fallback = [sse('https://example.test/events', { fetch: scripted.fetch })]
    const { result, unmount } = renderHook(
      () =>
        useWebSocket<number>(`ws://127.0.0.1:${port}`, {
          ...{ manager, WebSocket, fallback, reconnectInterval: 200, jitter: 0, linger: 0 },
        }),
      { wrapper: StrictMode },
    )
    await waitFor(() => expect(result.current).toMatchObject({ transport: 'sse', isConnected: true, error: undefined }))
    scripted.connection(0).push({ data: 7 })
    await waitFor(() => expect(result.current.lastMessage).toBe(7))
    expect(result.current.send('nobody takes it')).toBe('refused')
    unmount()
    await vi.waitFor(() => expect([scripted.openConnections, manager.getActiveConnections()]).toEqual([0, []]))
  })

  test('hydrates to what was rendered on a server, and connects', async () => {
    const served = await serve()
    const complaints = vi.spyOn(console, 'error')
    function Shown() {
      return <p>{useWebSocket<{ n: number }>(served.url, served.options).state}</p>
    }
    const page = (
      <StrictMode>
        <Shown />
      </StrictMode>
    )
    const container = document.createElement('div')
    container.innerHTML = renderToString(page)
    expect(container.textContent).toBe('connecting')
    const root = await act(() => Promise.resolve(hydrateRoot(container, page)))
    await waitFor(() => expect(container.textContent).toBe('connected'))
    expect([complaints.mock.calls, served.connections()]).toEqual([[], 1])
    act(() => root.unmount())
  })

  test('dials nothing on a server', async () => {
    const served = await serve()
    function Shown() {
      return <p>{useWebSocket<{ n: number }>(served.url, served.options).state}</p>
    }
    expect(renderToString(<Shown />)).toBe('<p>connecting</p>')
    expect(served.manager.getActiveConnections()).toEqual([])
  })

  test('leaves nothing of a thousand mounts: no connection, timer or listener', async () => {
    const { url, manager, server, options } = await serve()
    const clock = createManualClock()
    const { rerender } = renderHook(({ at }) => useWebSocket(at, { ...options, clock, onMessage: () => {} }), {
      initialProps: propsFor(null),
    })
    const listeners = countListeners()
    for (let n = 0; n < 1000; n++) {
      rerender({ at: `${url}/${n % 10}` })
      rerender({ at: null })
    }
    await vi.waitFor(() => expect(server.clients.size).toBe(10), 20_000)
    await act(() => clock.advance(50))
    await vi.waitFor(() => expect(server.clients.size).toBe(0), 20_000)
    expect([manager.getActiveConnections(), clock.pending, listeners()]).toEqual([[], 0, 0])
  }, 60_000)
})
