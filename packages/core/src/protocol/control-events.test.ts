import { expect, it } from 'vitest'

import { controlEvents, isControlEvent } from './control-events.ts'

it('knows every name under the prefix as its own, and no other', () => {
  expect(Object.values(controlEvents).every(isControlEvent)).toBe(true)
  expect(isControlEvent('steadystream.later')).toBe(true)
  expect(['message', 'steadystream', 'Steadystream.gap', ' steadystream.gap'].some(isControlEvent)).toBe(false)
})
