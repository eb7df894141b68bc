import { chromium } from 'playwright-core'
import { expect, onTestFinished, test, vi } from 'vitest'

import { chromiumPath } from '../sse/chromium.ts'
import { servePages } from './page-server.ts'

import type { Page } from 'playwright-core'
import type { Realtime } from '@steadystream/server'

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)

const publish = async (realtime: Realtime, from: number, to: number) => {
  for (const n of numbers(from, to)) await realtime.publish('numbers', n)
}

/** Playwright starts Chromium without the cache that this is about. */
async function openPage(): Promise<Page> {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  onTestFinished(() => browser.close())
  return browser.newPage()
}

/** Opens a stream in the page, which is to tell the server of all that happens, one thing after the other. */
function follow(kind: 'sse' | 'websocket' | 'polling'): void {
  const { createStream, sse, webSocket, polling } = window.steadystream
  const told: unknown[] = []
  let isTelling = false
  const tellNext = async () => {
    isTelling = told.length > 0
    if (!isTelling) return
    await fetch('/tell', { method: 'POST', body: JSON.stringify(told.shift()) })
    void tellNext()
  }
  const tell = (item: unknown) => {
    told.push(item)
    // A timer, as none runs in the cache: what happens on the way there is told after the return.
    if (!isTelling) setTimeout(() => void tellNext())
    isTelling = true
  }
  addEventListener('pageshow', ({ persisted }) => tell(persisted ? 'shown from the cache' : 'shown'))
  createStream<number>({
    transports: [
      kind === 'sse'
        ? sse('/events?channel=numbers')
        : kind === 'websocket'
          ? webSocket('/ws?channel=numbers')
          : polling('/poll?channel=numbers'),
    ],
    onData: tell,
    onGap: ({ kind }) => tell(`gap ${kind}`),
    onError: ({ code }) => tell(code),
    onStateChange: ({ state, reason }) => tell(`${state} ${reason}`),
  })
}

test.skipIf(chromiumPath === '').each(['sse', 'websocket', 'polling'] as const)(
  'a page that comes back from the back/forward cache goes on over %s without loss or a second connection',
  async (kind) => {
    const { origin, realtime, told, links } = await servePages()
    const page = await openPage()
    await page.goto(origin)
    await page.evaluate(follow, kind)
    await vi.waitFor(() => expect(told).toContain('connected opened'), 10_000)
    await publish(realtime, 1, 10)
    await vi.waitFor(() => expect(told).toContain(10), 10_000)

    await page.goto(`${origin}/away`)
    await vi.waitFor(() => expect(links.open).toBe(0), 10_000)
    const linksBefore = links.ever
    await publish(realtime, 11, 20)
    expect(links.ever).toBe(linksBefore)

    await page.evaluate(() => history.back())
    await vi.waitFor(() => expect(told).toContain(20), 10_000)
    await publish(realtime, 21, 30)
    await vi.waitFor(() => expect(told).toContain(30), 10_000)

    expect(told).toEqual([
      'connecting started',
      'connected opened',
      ...numbers(1, 10),
      'retrying bfcache',
      'shown from the cache',
      'retrying resumed',
      'connected opened',
      ...numbers(11, 30),
    ])
    expect(links.mostAtOnce).toBe(1)
    if (kind !== 'polling') expect(links.ever).toBe(2)
  },
)
