import { createServer } from 'node:http'

import { createRealtime } from '@steadystream/server'
import { onTestFinished } from 'vitest'

import { listen } from '../support/serve.ts'
import { corePage } from '../sse/bundle-core.ts'

import type { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Realtime } from '@steadystream/server'

/** Our own server, and the pages that it is read from. */
export interface PageServer {
  readonly origin: string
  readonly realtime: Realtime
  /** What pages have told, over all their lives. */
  readonly told: unknown[]
  /** Links to a channel that are under way, how many there ever were, and how many at the same time. */
  readonly links: { open: number; ever: number; mostAtOnce: number }
  /** Answers whoever asks for `/held`. */
  release(): void
}

/**
 * `/` is a page with the core client as `steadystream`, `/away` another one; `/mine` has the channel of the login; what is
 * posted to `/tell` is kept, and `/held` is answered when the test says so.
 */
export async function servePages(): Promise<PageServer> {
  const realtime = createRealtime({ authorize: () => true })
  const html = await corePage()
  const told: unknown[] = []
  const held: ServerResponse[] = []
  const links = { open: 0, ever: 0, mostAtOnce: 0 }
  const count = (link: EventEmitter) => {
    links.ever += 1
    links.mostAtOnce = Math.max(links.mostAtOnce, ++links.open)
    link.on('close', () => links.open--)
  }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://server.test')
    // What is there depends on who asks.
    if (pathname === '/mine') {
      count(response)
      request.url = `/events?channel=numbers-${request.headers.authorization}`
      realtime.node(request, response)
    } else if (pathname === '/events' || pathname === '/poll') {
      count(response)
      if (pathname === '/events') realtime.node(request, response)
      else realtime.poll(request, response)
    } else if (pathname === '/held') {
      held.push(response)
    } else if (pathname === '/tell') {
      let text = ''
      request.setEncoding('utf8').on('data', (part) => (text += String(part)))
      request.on('end', () => {
        told.push(JSON.parse(text))
        response.end()
      })
    } else {
      response.setHeader('Content-Type', 'text/html')
      response.end(pathname === '/' ? html : '<!doctype html><title>away</title>')
    }
  })
  server.on('upgrade', (_, socket: EventEmitter) => count(socket))
  realtime.attachWebSocket(server, { path: '/ws', channel: (_, url) => url.searchParams.get('channel') ?? undefined })
  const { port } = await listen(server)
  onTestFinished(() => realtime.close())
  const release = () => {
    for (const response of held.splice(0)) response.end()
  }
  return { origin: `http://127.0.0.1:${port}`, realtime, told, links, release }
}
