import { WebSocket } from 'ws'

import { webSocket } from '../../src/index.ts'
import { mockLimits } from './mocked.ts'
import { mockWebSocket } from './mocked-websocket.ts'
import { realLimits, serveReal } from './real-server.ts'
import { describeTransport } from './transport-contract.ts'

describeTransport('a WebSocket of a mock', mockWebSocket, { ...mockLimits, holdsHandshake: false })
describeTransport(
  'a WebSocket of our server',
  serveReal('/feed', (url) => webSocket(url, { WebSocket })),
  realLimits,
)
