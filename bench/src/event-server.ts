// A process of its own: sends every small event to each client, as fast as it reads, and leaves the end to the client.
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { reportReady } from './helper.ts'
import { listen } from './listen.ts'
import { encodedEvents } from './small-events.ts'

const chunks = [...encodedEvents(process.argv[2] === 'positions' ? 'positions' : 'plain')]

const server = createServer((_req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  // A client that leaves early fails its own round.
  pipeline(Readable.from(chunks), res, { end: false }).catch(() => {})
})

reportReady(await listen(server))
