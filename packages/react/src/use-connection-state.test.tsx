import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, render } from '@testing-library/react'
import { StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'

import { StreamProvider } from './stream-provider.ts'
import { useConnectionState } from './use-connection-state.ts'
import { useStream } from './use-stream.ts'

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
