import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'

import { StreamProvider } from '../stream-provider.ts'
import { hookRows } from '../../test/hook-rows.ts'

import type { ReactNode } from 'react'

function setUp() {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <StreamProvider fetch={scripted.fetch} clock={clock} baseUrl="https://example.test">
      {children}
    </StreamProvider>
  )
  return { scripted, wrapper, pass: (ms = 20) => act(() => clock.advance(ms)) }
}

test.each(hookRows.filter(({ waits }) => waits))(
  '$name waits to be started where autoStart is undefined, too',
  async ({ use }) => {
    const { scripted, wrapper, pass } = setUp()
    renderHook(() => use('a', { autoStart: undefined }), { wrapper })
    await pass()
    expect(scripted.requests).toEqual([])
  },
)

const endless = ['useLiveMetrics', 'useABTestStream', 'useRealtimeAlerts', 'useChatStream', 'useRealtimeAgentMessages']

test.each(hookRows.filter(({ name }) => endless.includes(name)))(
  '$name never gives up where maxRetries is undefined, too',
  async ({ use }) => {
    const { scripted, wrapper, pass } = setUp()
    scripted.refuse(10)
    const { result } = renderHook(() => use('a', { maxRetries: undefined }), { wrapper })
    for (let n = 0; n < 20; n++) await pass(10_000)
    expect(result.current).not.toMatchObject({ state: 'error' })
    expect(scripted.requests.length).toBeGreaterThan(4)
  },
)
