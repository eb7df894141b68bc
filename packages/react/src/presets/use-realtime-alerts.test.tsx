import { createAlertEvent } from '@steadystream/core/presets'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'

import { StreamProvider } from '../stream-provider.ts'
import { useRealtimeAlerts } from './use-realtime-alerts.ts'

import type { ReactNode } from 'react'

test('dismisses and clears alerts for all who show them, and keeps the latest 100', async () => {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <StreamProvider fetch={scripted.fetch} clock={clock} baseUrl="https://example.test">
      {children}
    </StreamProvider>
  )
  const pass = () => act(() => clock.advance(20))
  const { result } = renderHook(() => [useRealtimeAlerts('ann'), useRealtimeAlerts('ann')] as const, { wrapper })
  await pass()
  const push = (alertId: string) =>
    scripted.connection(0).push({ id: alertId, data: createAlertEvent('info', 'budget', 'title', 'text', { alertId }) })
  for (let n = 1; n <= 105; n++) push(`a${n}`)
  await pass()
  const ids = () => result.current.map(({ alerts }) => alerts.map(({ alertId }) => alertId))
  const latest = Array.from({ length: 100 }, (_, n) => `a${105 - n}`)
  expect(ids()).toEqual([latest, latest])

  const [{ dismissAlert, clearAlerts }] = result.current
  act(() => dismissAlert('a104'))
  await pass()
  expect(ids().map(([first, second]) => [first, second])).toEqual([
    ['a105', 'a103'],
    ['a105', 'a103'],
  ])
  expect(result.current[0].dismissAlert).toBe(dismissAlert)
  act(() => clearAlerts())
  await pass()
  expect(ids()).toEqual([[], []])
  push('b1')
  await pass()
  expect(ids()).toEqual([['b1'], ['b1']])
  expect(scripted.requests).toHaveLength(1)
})
