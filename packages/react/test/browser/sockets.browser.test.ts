import { chromium } from 'playwright-core'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, inject, onTestFinished, test, vi } from 'vitest'

import { servePage } from './serve-page.ts'
import { App } from './sockets-app.tsx'

const chromiumPath = inject('chromiumPath')
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
const news = { type: 'news', id: 'a' }

test.skipIf(chromiumPath === '')(
  'useChannel and useWebSocket hydrate, send, connect again, switch, fall back and leave nothing',
  async () => {
    const { origin, realtime, cut } = await servePage(
      'sockets-page.tsx',
      ({ pathname }) => (pathname === '/events' ? news : undefined),
      renderToString(createElement(App)),
    )
    const browser = await chromium.launch({ executablePath: chromiumPath, args })
    onTestFinished(() => browser.close())

    async function open(hash = '') {
      const page = await browser.newPage()
      const complaints: string[] = []
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.goto(`${origin}/${hash}`)
      const shows = (...lines: readonly string[]) =>
        vi.waitFor(async () => expect(await page.locator('p').allTextContents()).toEqual(lines), 20_000)
      const press = (name: string) => page.getByRole('button', { name }).click()
      return { complaints, shows, press }
    }

    const { complaints, shows, press } = await open()
    await shows('a connected websocket ', 'connected websocket connected')
    await press('Publish')
    await shows('a connected websocket !', 'connected websocket connected')
    await press('Subscribe')
    await vi.waitFor(() => expect(realtime.stats().channels.totalSubscriptions).toBe(2))
    await realtime.publish(news, { text: '1' })
    await shows('a connected websocket !1', 'connected websocket 1')
    expect(complaints).toEqual([])

    cut()
    await realtime.publish(news, { text: '2' })
    // What the server says first on each socket of the plain format.
    await shows('a connected websocket !12', 'connected websocket connected')
    await realtime.publish({ ...news, id: 'b' }, { text: 'of b' })
    await press('Switch')
    await shows('b connected websocket of b', 'connected websocket connected')
    await press('Leave')
    await shows()
    // The channel client is the page's own, and stays connected.
    await vi.waitFor(() =>
      expect([realtime.health().connections, realtime.stats().channels.totalSubscriptions]).toEqual([1, 0]),
    )

    const blocked = await open('#blocked')
    await blocked.shows('a connected sse !12', 'connected sse ')
    await realtime.publish(news, { text: '3' })
    await blocked.shows('a connected sse !123', 'connected sse 3')
  },
)
