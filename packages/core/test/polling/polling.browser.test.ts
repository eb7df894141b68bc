import { expect, onTestFinished, test, vi } from 'vitest'

import { corePage } from '../sse/bundle-core.ts'
import { chromiumPath, launchChromium } from '../sse/chromium.ts'
import { serve } from '../sse/origin.ts'
import { createPollChannel } from './poll-channel.ts'

import type { Seen } from '../sse/origin.ts'
import type { ServerResponse } from 'node:http'

/** A page of this origin in Chromium, with the core client in it. */
async function openPage(answer: (response: ServerResponse, request: Seen) => void) {
  const html = await corePage()
  const origin = await serve((response, request) => {
    if (request.path === '/') response.writeHead(200, { 'Content-Type': 'text/html' }).end(html)
    else if (request.path === '/events') answer(response, request)
    else response.writeHead(404).end()
  })
  const browser = await launchChromium()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(origin.url)
  return { page, polls: () => origin.seen.filter(({ path }) => path === '/events') }
}

declare global {
  interface Window {
    seen: unknown[]
  }
}

test.skipIf(chromiumPath === '')('a browser polls our endpoint, one request at a time, and completes', async () => {
  const channel = createPollChannel()
  let inFlight = 0
  let most = 0
  const { page, polls } = await openPage((response, { query }) => {
    most = Math.max(most, ++inFlight)
    void channel.answer(query).then((body) => {
      inFlight--
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify(body))
    })
  })
  const done = page.evaluate(
    () =>
      new Promise<unknown[]>((resolve) => {
        const { createStream, polling } = window.steadystream
        const seen: unknown[] = []
        createStream({
          transports: [polling('/events')],
          onData: (data) => seen.push(data),
          onGap: (gap) => seen.push(gap),
          onError: ({ code }) => seen.push(code),
          onComplete: () => resolve(seen),
        })
      }),
  )
  await vi.waitFor(() => expect(channel.held).toBe(1))
  channel.publish(1, 2)
  await vi.waitFor(() => expect(polls()).toHaveLength(3))
  channel.publish('é')
  channel.complete()
  expect(await done).toEqual([1, 2, 'é'])
  expect(most).toBe(1)
})

test.skipIf(chromiumPath === '')('a browser polls any endpoint, and is told 304 by it', async () => {
  const items = [1]
  const statuses: number[] = []
  const { page, polls } = await openPage((response, { headers }) => {
    const etag = `"${items.length}"`
    // As the `fresh` package has it, on which Express stands.
    const isFresh = headers['if-none-match'] === etag && !/no-cache/.test(headers['cache-control'] ?? '')
    statuses.push(isFresh ? 304 : 200)
    response.writeHead(isFresh ? 304 : 200, { ETag: etag, 'Content-Type': 'application/json' })
    response.end(isFresh ? undefined : JSON.stringify(items))
  })
  await page.evaluate(() => {
    const { createStream, polling } = window.steadystream
    window.seen = []
    createStream({
      transports: [
        polling('/events', { interval: 10, parse: (body) => (body as number[]).map((id) => ({ id, data: id })) }),
      ],
      onData: (data) => window.seen.push(data),
      onError: ({ code }) => window.seen.push(code),
    })
  })
  await vi.waitFor(() => expect(statuses.slice(0, 3)).toEqual([200, 304, 304]))
  items.push(2)
  await vi.waitFor(async () => expect(await page.evaluate(() => window.seen)).toEqual([1, 2]))
  await vi.waitFor(() => expect(statuses.at(-1)).toBe(304))
  expect(await page.evaluate(() => window.seen)).toEqual([1, 2])
  expect(polls()[1]?.headers['if-none-match']).toBe('"1"')
})
