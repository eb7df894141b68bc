import { createEnhancedSSEStream, createStreamManager } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, render, renderHook } from '@testing-library/react'
import { StrictMode } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'

import { StreamProvider } from './stream-provider.ts'
import { useConnectionState } from './use-connection-state.ts'
import { useStream } from './use-stream.ts'

import type { StreamManager } from '@steadystream/core'
import type { ReactNode } from 'react'

test('hydrates to what was rendered on a server, and leaves nothing of a thousand mounts', async () => {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const manager = createStreamManager()
  let listeners = 0
  const counting: StreamManager = {
    ...manager,
    on(...given) {
      listeners++
      const stop = manager.on(...given)
      return () => {
        listeners--
        stop()
      }
    },
  }
  const complaints = vi.spyOn(console, 'error')
  function Shown() {
    useStream({ url: 'https://example.test/a', clock, fetch: scripted.fetch })
    return <p>{useConnectionState()}</p>
  }
  const page = (key = 0) => (
    <StrictMode>
      <StreamProvider manager={counting}>
        <Shown key={key} />
      </StreamProvider>
    </StrictMode>
  )
  const container = document.createElement('div')
  container.innerHTML = renderToString(page())
  const before = container.textContent
  const root = await act(() => Promise.resolve(hydrateRoot(container, page())))
  await act(() => clock.advance(20))
  expect([before, container.textContent, complaints.mock.calls]).toEqual(['disconnected', 'connected', []])
  const once = listeners
  for (let key = 1; key <= 1000; key++) act(() => root.render(page(key)))
  expect(listeners).toBe(once)
  act(() => root.unmount())
  await act(() => clock.advance(2000))
  expect([listeners, clock.pending, manager.getActiveConnections()]).toEqual([0, 0, []])
}, 60_000)

test('tells of the connection that is worst off, or of one stream', async () => {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const shown: string[] = []
  function Banner() {
    const text = `${useConnectionState()} ${useConnectionState('first')}`
    if (shown.at(-1) !== text) shown.push(text)
    return <p>{text}</p>
  }
  function Stream({ id }: { readonly id: string }) {
    useStream({ url: `/${id}`, id })
    return null
  }
  const page = (ids: readonly string[]) => (
    <StrictMode>
      <StreamProvider fetch={scripted.fetch} clock={clock} baseUrl="https://example.test" maxRetries={1}>
        <Banner />
        {ids.map((id) => (
          <Stream key={id} id={id} />
        ))}
      </StreamProvider>
    </StrictMode>
  )
  // In steps, as React 18 renders once for each.
  const pass = async (ms = 20) => {
    for (let left = ms; left > 0; left -= 100) await act(() => clock.advance(Math.min(left, 100)))
  }
  expect(renderToString(page(['first']))).toBe('<p>disconnected disconnected</p>')
  shown.length = 0

  const { rerender } = render(page([]))
  rerender(page(['first', 'second']))
  await pass()
  scripted.respond(503)
  scripted.connection(1).drop()
  await pass(10_000)
  scripted.connection(0).drop()
  await pass(10_000)
  rerender(page(['first']))
  await pass(1000)
  rerender(page([]))
  await pass(1000)
  // Whether it is rendered while it connects, React 18 and 19 differ in.
  expect(shown.filter((text) => !text.startsWith('connecting'))).toEqual([
    'disconnected disconnected',
    'connected connected',
    'retrying connected',
    'error connected',
    'error retrying',
    'error connected',
    'connected connected',
    'disconnected disconnected',
  ])
})

test('switches to the stream of another ID in the same render', async () => {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const manager = createStreamManager()
  const frames: string[] = []
  function Shown({ id }: { readonly id: string }) {
    useStream({ url: 'https://example.test/a', id: 'first', manager, clock, fetch: scripted.fetch })
    frames.push(`${id} ${useConnectionState(id)}`)
    return null
  }
  const page = (id: string) => (
    <StreamProvider manager={manager}>
      <Shown id={id} />
    </StreamProvider>
  )
  const { rerender } = render(page('first'))
  await act(() => clock.advance(20))
  expect(frames.at(-1)).toBe('first connected')
  frames.length = 0
  rerender(page('unknown'))
  expect(new Set(frames)).toEqual(new Set(['unknown disconnected']))
})

test('tells of a connection that is used again after it only lingered', async () => {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const manager = createStreamManager({ fetch: scripted.fetch, clock })
  const open = () => createEnhancedSSEStream('https://example.test/a', {}, { manager })
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <StreamProvider manager={manager}>{children}</StreamProvider>
  )
  const first = open()
  const { result } = renderHook(() => useConnectionState(), { wrapper })
  await act(() => clock.advance(20))
  act(() => first.close())
  await act(() => clock.advance(500))
  const between = result.current
  open()
  await act(() => clock.advance(20))
  expect([between, result.current, scripted.requests.length]).toEqual(['disconnected', 'connected', 1])
})
