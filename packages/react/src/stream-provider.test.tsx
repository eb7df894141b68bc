import { createStreamManager } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, render } from '@testing-library/react'
import { StrictMode } from 'react'
import { expect, test, vi } from 'vitest'

import { StreamProvider } from './stream-provider.ts'
import { useStream } from './use-stream.ts'

import type { StreamManager } from '@steadystream/core'
import type { StreamHookOptions } from './hook-options.ts'
import type { StreamProviderProps } from './stream-provider.ts'

interface Side {
  readonly name: string
  readonly scripted: ReturnType<typeof createScriptedStream>
  readonly manager: StreamManager
}

function setUp() {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  function Shown({ url = '/a', ...options }: Partial<StreamHookOptions<unknown>>) {
    return <p>{useStream({ url, ...options }).state}</p>
  }
  const page = (props: StreamProviderProps, options: Partial<StreamHookOptions<unknown>> = {}) => (
    <StreamProvider fetch={scripted.fetch} clock={clock} baseUrl="https://example.test" {...props}>
      <Shown {...options} />
    </StreamProvider>
  )
  return { scripted, clock, page, pass: (ms = 20) => act(() => clock.advance(ms)) }
}

test('gives its defaults to the streams below, and sends its headers beside theirs', async () => {
  const { scripted, page, pass } = setUp()
  render(page({ headers: { 'X-App': 'app' } }, { headers: { 'X-Own': 'own' } }))
  await pass()
  const [request] = scripted.requests
  expect([request?.url, request?.headers.get('X-App'), request?.headers.get('X-Own')]).toEqual([
    'https://example.test/a',
    'app',
    'own',
  ])
})

test('asks the functions of its latest render', async () => {
  const { scripted, page, pass } = setUp()
  const renewed: string[] = []
  const props = (token: string): StreamProviderProps => ({
    headers: () => ({ Authorization: token }),
    refreshAuth: () => renewed.push(token),
  })
  const { rerender } = render(page(props('old')))
  await pass()
  rerender(page(props('new')))
  scripted.respond(401)
  scripted.connection(0).drop()
  await pass(5000)
  expect(scripted.requests.map(({ headers }) => headers.get('Authorization')).slice(0, 2)).toEqual(['old', 'new'])
  expect([scripted.requests.length > 1, renewed]).toEqual([true, ['new']])
})

test('stands aside for a manager that is given to it, or to a hook', async () => {
  const { scripted, page, pass } = setUp()
  const managers = ['one', 'two'].map(() =>
    createStreamManager({ fetch: scripted.fetch, baseUrl: 'https://other.test' }),
  )
  render(page({ manager: managers[0] }))
  render(page({ manager: managers[0] }, { manager: managers[1] }))
  await pass()
  expect(managers.map((manager) => manager.getActiveConnections().length)).toEqual([1, 1])
  expect(scripted.requests.map(({ url }) => url)).toEqual(['https://other.test/a', 'https://other.test/a'])
})

test('keeps what is below apart from another provider', async () => {
  const { scripted, page, pass } = setUp()
  render(page({ headers: { 'X-User': 'a' } }))
  render(page({ headers: { 'X-User': 'b' } }))
  await pass()
  expect(scripted.requests.map(({ headers }) => headers.get('X-User'))).toEqual(['a', 'b'])
})

test('switches to another manager without a frame of the old data', async () => {
  const clock = createManualClock()
  const [first, second] = ['first', 'second'].map((name) => {
    const scripted = createScriptedStream()
    return { name, scripted, manager: createStreamManager({ fetch: scripted.fetch, clock }) }
  }) as [Side, Side]
  const frames = new Set<string>()
  function Shown({ at }: { readonly at: string }) {
    const { data = 'nothing' } = useStream<string>({ url: 'https://example.test/a', parse: 'text', id: 'one' })
    frames.add(`${at} ${data}`)
    return null
  }
  const page = ({ name, manager }: Side) => (
    <StrictMode>
      <StreamProvider manager={manager} clock={clock}>
        <Shown at={name} />
      </StreamProvider>
    </StrictMode>
  )
  const { rerender } = render(page(first))
  for (const side of [first, second]) {
    rerender(page(side))
    await act(() => clock.advance(20))
    side.scripted.connection(0).push(`of ${side.name}`)
    await act(() => clock.advance(20))
  }
  expect([...frames]).toEqual(['first nothing', 'first of first', 'second nothing', 'second of second'])
  await act(() => clock.advance(1000))
  expect([first.scripted.openConnections, second.scripted.openConnections]).toEqual([0, 1])
})

test('names a wrong option when it is rendered', () => {
  const { page } = setUp()
  const report = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(() => render(page({ timeout: -1 }))).toThrow(/timeout.*-1/)
  report.mockRestore()
})
