// Somebody else's program: compiled against the packed packages under both module resolutions, then run.
import { createServer } from 'node:http'
import { createEnhancedSSEStream } from '@steadystream/core'
import { formatPosition } from '@steadystream/core/protocol'
import { createRealtime } from '@steadystream/server'
import type { AddressInfo } from 'node:net'

const realtime = createRealtime()
const server = createServer((request, response) => {
  realtime.node(request, response)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo

console.log(port > 0, typeof createEnhancedSSEStream, formatPosition({ epoch: 'e', offset: 1 }))
server.close()
await realtime.close()
