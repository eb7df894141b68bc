// @ts-check
// Serves index.html, the built packages and one stream: `npm run build && node examples/vanilla/serve.mjs`.
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRealtime } from '@steadystream/server'

const root = new URL('../../', import.meta.url)
const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' }
/** Nothing else of the repository is served. */
const served =
  /^\/(?:packages\/core\/dist|node_modules\/(?:eventsource-parser|mitt|reconnecting-websocket)\/dist)\/[\w./-]+\.m?js$/

const realtime = createRealtime()
let count = 0
const timer = setInterval(() => void realtime.publish('ticks', { count: ++count }), 1000)

const server = createServer((req, res) => {
  const path = (req.url ?? '/').split('?')[0] ?? '/'
  if (path === '/ticks') return realtime.node(req, res, { channel: 'ticks' })
  const file =
    path === '/' ? '/examples/vanilla/index.html' : served.test(path) && !path.includes('..') ? path : undefined
  if (file === undefined) return void res.writeHead(404).end('There is nothing here.')
  const type = Object.entries(types).find(([extension]) => extension === extname(file))?.[1] ?? 'text/plain'
  const stream = createReadStream(fileURLToPath(new URL(`.${file}`, root)))
  stream.on('open', () => res.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }))
  stream.on('error', () => res.writeHead(404).end('Not built yet: npm run build'))
  stream.pipe(res)
})

server.listen(Number(process.env['PORT'] ?? 8001), () => {
  const address = server.address()
  console.log(`Vanilla example on http://localhost:${typeof address === 'object' && address ? address.port : ''}`)
})

process.once('SIGTERM', () => {
  clearInterval(timer)
  server.close()
  void realtime.close({ drainMs: 500 }).then(() => server.closeAllConnections())
})
