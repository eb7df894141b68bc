import { expect, onTestFinished, test, vi } from 'vitest'

import { corePage } from '../sse/bundle-core.ts'
import { chromiumPath, launchChromium } from '../sse/chromium.ts'
import { serve } from '../sse/origin.ts'
import { serveChannel } from './channel-server.ts'
import { serveSockets } from './socket-server.ts'

import type { Page } from 'playwright-core'

/** A page with a stream over the browser's own WebSocket, and what the stream tells. */
async function openPage(url: string, options: object = {}): Promise<{ page: Page; told: unknown[] }> {
  const html = await corePage()
  const origin = await serve((response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end(html))
  const browser = await launchChromium()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  const told: unknown[] = []
  await page.exposeFunction('tell', (item: unknown) => void told.push(item))
  await page.goto(origin.url)
  await page.evaluate(
    ([address, given]) => {
      const tell = Reflect.get(window, 'tell') as (item: unknown) => void
      const { createStream, webSocket } = window.steadystream
      const stream = createStream({
        transports: [webSocket(address, given)],
        retryDelay: 5,
        minRetryDelay: 1,
        jitter: 0,
        onData: (data: unknown) => tell(data instanceof ArrayBuffer ? `${data.byteLength} bytes` : data),
        onGap: ({ kind }) => tell(`gap ${kind}`),
        onError: ({ message, willRetry }) => tell(`${message} (${willRetry ? 'retried' : 'final'})`),
        onStateChange: ({ state }) => tell(state),
      })
      Object.assign(window, { stream })
    },
    [url, options] as const,
  )
  return { page, told }
}

test.skipIf(chromiumPath === '')('a browser connects, resumes, and closes with 1000', async () => {
  const server = await serveChannel()
  const { page, told } = await openPage(server.url)
  await vi.waitFor(() => expect(told).toEqual(['connecting', 'connected']))
  server.publish(1, 2)
  await vi.waitFor(() => expect(told).toContain(2))
  server.closeAll(0)
  server.publish(3, 4)
  await vi.waitFor(() => expect(told).toContain(4))
  server.closeAll(3001, 'shutdown')
  server.publish(5)
  await vi.waitFor(() => expect(told).toContain(5))
  expect(told.filter((item) => item !== 'connected' && item !== 'retrying')).toEqual([
    'connecting',
    1,
    2,
    'WebSocket closed: 1006  (retried)',
    3,
    4,
    'WebSocket closed: 3001 shutdown (retried)',
    5,
  ])
  expect(server.asked).toEqual(['/feed', '/feed?lastEventId=a%3A2', '/feed?lastEventId=a%3A4'])
  await page.evaluate(() => (Reflect.get(window, 'stream') as { close(): void }).close())
  await vi.waitFor(() => expect(server.closed).toEqual([1006, 3001, 1000]))
})

test.skipIf(chromiumPath === '').each([
  [3500, undefined, 'WebSocket closed: 3500 disconnected (final)'],
  [4500, undefined, 'WebSocket closed: 4500 disconnected (final)'],
  [4401, { protocols: [] }, 'WebSocket closed: 4401 disconnected (final)'],
  [1008, { protocols: [] }, 'WebSocket closed: 1008 disconnected (final)'],
])('a browser tells the true code %i', async (code, options, message) => {
  const server = await serveSockets((socket) => socket.close(code, 'disconnected'))
  const { told } = await openPage(server.url, options)
  await vi.waitFor(() => expect(told).toEqual(['connecting', 'connected', message, 'error']))
})

test.skipIf(chromiumPath === '')('a browser cannot tell why a handshake was refused, and tries again', async () => {
  const origin = await serve((response) => void response.writeHead(401).end())
  const { told } = await openPage(origin.url)
  await vi.waitFor(() => expect(told.slice(0, 2)).toEqual(['connecting', 'WebSocket closed: 1006  (retried)']))
})

test.skipIf(chromiumPath === '')('a browser gets binary messages', async () => {
  const server = await serveSockets((socket) => socket.send(Buffer.alloc(3)))
  const { told } = await openPage(server.url, { protocols: [] })
  await vi.waitFor(() => expect(told).toEqual(['connecting', 'connected', '3 bytes']))
})
