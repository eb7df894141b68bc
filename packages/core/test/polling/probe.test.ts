import { afterEach, expect, it, vi } from 'vitest'

import { createManualClock } from '../../src/testing/index.ts'
import { createStream, createStreamManager, polling, sse } from '../../src/index.ts'
import { answer, scriptFetch } from './scripted-fetch.ts'

afterEach(() => vi.unstubAllGlobals())

it('leaves no probe of a better transport behind on a page that is frozen', async () => {
  const document = Object.assign(new EventTarget(), { hidden: false, baseURI: 'https://probe.test/' })
  vi.stubGlobal('window', new EventTarget())
  vi.stubGlobal('document', document)
  const clock = createManualClock()
  const [streams, polls] = [scriptFetch(), scriptFetch()]
  const stream = createStream({
    transports: [sse('/events', { fetch: streams.fetch }), polling('/poll', { fetch: polls.fetch })],
    manager: createStreamManager(),
    clock,
  })
  await clock.advance(0)
  streams.current().respond(new Response(null, { status: 404 }))
  await clock.advance(0)
  polls.current().json(answer('e:1'))
  await clock.advance(38_000)
  expect(streams.asked.map(({ init }) => init.signal?.aborted)).toEqual([true, false])
  document.dispatchEvent(new Event('freeze'))
  expect(streams.asked.map(({ init }) => init.signal?.aborted)).toEqual([true, true])
  stream.close()
})
