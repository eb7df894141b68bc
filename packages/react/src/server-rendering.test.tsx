import { createStreamManager } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act } from '@testing-library/react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { useStream } from './use-stream.ts'

const scripted = createScriptedStream()
const clock = createManualClock()
const manager = createStreamManager()

function Text({ url }: { readonly url: string | null }) {
  const { state, data } = useStream<string>({ url, manager, clock, fetch: scripted.fetch, parse: 'text' })
  return <p>{`${state} ${String(data)}`}</p>
}

test('dials nothing while rendering on a server, relative URLs included', async () => {
  const html = renderToString(
    <>
      <Text url="/relative" />
      <Text url={null} />
    </>,
  )
  await clock.advance(60_000)

  expect(html).toBe('<p>connecting undefined</p><p>disconnected undefined</p>')
  expect([scripted.requests.length, clock.pending, manager.getActiveConnections()]).toEqual([0, 0, []])
})

test('hydrates to what the server rendered, also where the stream is live already', async () => {
  const complaints = vi.spyOn(console, 'error')
  const element = <Text url="https://example.test/a" />
  const container = document.createElement('div')
  container.innerHTML = renderToString(element)
  const roots = [await act(() => Promise.resolve(hydrateRoot(container, element)))]
  await act(() => clock.advance(20))
  scripted.connection(0).push('live')
  await act(() => clock.advance(20))
  const late = document.createElement('div')
  late.innerHTML = '<p>connecting undefined</p>'
  roots.push(await act(() => Promise.resolve(hydrateRoot(late, element))))

  expect([container.textContent, late.textContent]).toEqual(['connected live', 'connected live'])
  expect(complaints).not.toHaveBeenCalled()
  act(() => roots.forEach((root) => root.unmount()))
})
