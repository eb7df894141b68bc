// @ts-check
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import {
  createAlertEvent,
  createGenerationEvent,
  createRealtime,
  createRenderProgressEvent,
} from '@steadystream/server'

const realtime = createRealtime({ authorize: () => true })
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** @type {Record<string, string>} */
const channels = {
  '/events/ticks': 'ticks',
  '/api/stream/render-progress/a': 'render',
  '/api/stream/alerts/ann': 'alerts',
  '/api/generation/stream': 'generation',
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const channel = channels[pathname]
  if (channel) return realtime.node(request, response, { channel })
  const file = pathname === '/' ? '/index.html' : pathname
  response.setHeader('Content-Type', types[/** @type {keyof typeof types} */ (extname(file))] ?? 'text/plain')
  createReadStream(join(import.meta.dirname, 'dist', file))
    .on('error', () => response.writeHead(404).end())
    .pipe(response)
})
realtime.attachWebSocket(server, { path: '/ws' })

const render = { jobId: 'a', currentFrame: 5, totalFrames: 10, progress: 0.5, fps: 25, estimatedTimeRemaining: 1 }
await realtime.publish('render', createRenderProgressEvent({ ...render, stage: 'rendering' }))
await realtime.publish('generation', createGenerationEvent({ blockId: 'b', delta: 'Once ' }))
await realtime.publish('generation', createGenerationEvent({ blockId: 'b', delta: 'upon' }))
setInterval(() => {
  void realtime.publish('ticks', { tick: 'tick' })
  void realtime.publish('alerts', createAlertEvent('info', 'budget', 'low', 'It is low.', { alertId: 'one' }))
}, 100)

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
})
