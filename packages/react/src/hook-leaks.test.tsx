import { createManualClock, createScriptedStream } from '@steadystream/core/testing'
import { act, render } from '@testing-library/react'
import { expect, test } from 'vitest'

import { StreamProvider } from './stream-provider.ts'
import { countListeners } from '../test/count-listeners.ts'
import { hookRows } from '../test/hook-rows.ts'

test.each(hookRows)(
  '$name leaves nothing of a thousand mounts: no connection, timer or listener',
  async ({ use, waits }) => {
    const scripted = createScriptedStream()
    const clock = createManualClock()
    function Shown({ id }: { readonly id: string }) {
      use(id)
      return null
    }
    const page = (id?: string) => (
      <StreamProvider fetch={scripted.fetch} clock={clock} baseUrl="https://example.test" maxConnectionsPerOrigin={99}>
        {id && <Shown id={id} />}
      </StreamProvider>
    )
    const { rerender } = render(page())
    const listeners = countListeners()
    for (let n = 0; n < 1000; n++) {
      rerender(page(`id${n % 10}`))
      rerender(page())
    }
    await act(() => clock.advance(2000))
    expect([scripted.openConnections, clock.pending, listeners()]).toEqual([0, 0, 0])
    if (!waits) expect(scripted.requests.length).toBeGreaterThan(0)
  },
  60_000,
)
