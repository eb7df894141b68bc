import { afterEach, describe, expect, it, vi } from 'vitest'

import { createManualClock } from '../../src/testing/index.ts'
import { openScripted } from '../support/open-scripted.ts'
import { stubPage } from '../support/watch-page.ts'

import type { StreamConfig } from '../../src/index.ts'
import type { Setup } from '../support/open-scripted.ts'

afterEach(() => void vi.unstubAllGlobals())

/** A request with a body, on a page, and its answer has begun. */
async function ask(config: StreamConfig = {}, setup: Setup = {}, id?: string) {
  const page = stubPage()
  const opened = openScripted({ body: 'ask', jitter: 0, ...config }, setup)
  await opened.clock.advance(0)
  opened.server.connection(0).push({ data: 1, id })
  await opened.clock.advance(0)
  return { ...opened, page }
}

type Page = ReturnType<typeof stubPage>

const absences: [string, (page: Page) => void, (page: Page) => void][] = [
  ['frozen', ({ fireDocument }) => fireDocument('freeze'), ({ fireDocument }) => fireDocument('resume')],
  ['left, and come back to,', ({ fire }) => fire('pagehide'), ({ fire }) => fire('pageshow')],
  ['hidden', ({ show }) => show(false), ({ show }) => show(true)],
]

describe('trap 34: a request with a body', () => {
  it.each(absences)('goes on while the page is %s, and is not sent again', async (_, away, back) => {
    const { page, clock, server, dials, log } = await ask({ whenHidden: { pauseAfterMs: 0 } })
    away(page)
    await clock.advance(1000)
    server.connection(0).push(2)
    back(page)
    await clock.advance(60_000)
    server.connection(0).end()
    await clock.advance(60_000)
    expect([log.slice(2), dials]).toEqual([['data 1', 'data 2', 'disconnected completed', 'complete'], [0]])
  })

  it('that the browser cut off meanwhile is interrupted, and not sent again', async () => {
    const { page, clock, server, dials, log } = await ask()
    page.fireDocument('freeze')
    server.connection(0).drop()
    page.fireDocument('resume')
    await clock.advance(60_000)
    expect([log.slice(3), dials]).toEqual([['error INTERRUPTED final', 'error fatal'], [0]])
  })

  it.each(absences.slice(0, 2))('that resumes by ID does so after the page was %s', async (_, away, back) => {
    const { page, clock, server } = await ask({}, {}, '1')
    away(page)
    await clock.advance(1000)
    back(page)
    await clock.advance(0)
    expect(server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1'])
  })

  it('is held back by a full buffer that would close it, and not sent again', async () => {
    const clock = createManualClock()
    const { server, dials, told } = await ask(
      { overflow: 'close-and-resume', maxBufferedEvents: 2 },
      { clock, handlers: { onData: () => new Promise<void>((resolve) => clock.after(50, resolve)) } },
    )
    for (const n of [2, 3, 4, 5, 6]) server.connection(0).push(n)
    await clock.advance(1000)
    expect([told('data'), dials]).toEqual([['1', '2', '3', '4', '5', '6'], [0]])
  })

  it('whose answer ends with 3000 is interrupted: no refresh sends it again', async () => {
    const refreshAuth = vi.fn()
    const { clock, server, dials, log } = await ask({ refreshAuth })
    server.connection(0).close({ code: 3000, reason: 'unauthorized' })
    await clock.advance(60_000)
    expect([log.slice(3), dials]).toEqual([['error INTERRUPTED final', 'error fatal'], [0]])
    expect(refreshAuth).not.toHaveBeenCalled()
  })
})
