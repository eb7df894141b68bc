import { createStreamManager } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act } from '@testing-library/react'

export const url = 'https://example.test/a'
export const append = (text: string, data: string) => text + data

/** A stream that a test drives, with a manager and a clock of its own. */
export function setUp() {
  const scripted = createScriptedStream()
  const clock = createManualClock()
  const manager = createStreamManager()
  return {
    scripted,
    clock,
    manager,
    options: { url, manager, clock, fetch: scripted.fetch, parse: 'text' as const },
    /** Time passes, and React renders what it brought. */
    pass: (ms = 20) => act(() => clock.advance(ms)),
  }
}
