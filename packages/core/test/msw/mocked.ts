import { createEnhancedSSEStream, createStreamManager } from '@steadystream/core'
import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { sseHandler } from '@steadystream/core/testing/msw'
import { setupServer } from 'msw/node'
import { afterEach, beforeEach } from 'vitest'

import type { EnhancedStreamConfig, ManagerDefaults, Stream, StreamHandlers } from '@steadystream/core'
import type { ManualClock, ScriptedStream } from '@steadystream/core/testing'

export const origin = 'https://mocked.test'

const server = setupServer()

/** Call once per file: the runtime's own fetch is answered by MSW while a test runs. */
export function mockFetch(): void {
  beforeEach(() => server.listen({ onUnhandledRequest: 'error' }))
  afterEach(() => {
    server.resetHandlers()
    server.close()
  })
}

/** A manager whose streams are served by a script at every path of the origin. */
export function setUp(defaults: ManagerDefaults = {}) {
  const scripted: ScriptedStream = createScriptedStream()
  const clock: ManualClock = createManualClock()
  const manager = createStreamManager({ clock, ...defaults })
  server.use(sseHandler(`${origin}/*`, scripted))
  return {
    scripted,
    clock,
    manager,
    open: <T>(
      path: string,
      handlers: StreamHandlers<T> = { onData: () => {} },
      config: EnhancedStreamConfig<T> = {},
    ): Stream<T> => createEnhancedSSEStream(path, handlers, { manager, baseUrl: origin, ...config }),
  }
}
