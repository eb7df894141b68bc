import { sse } from '../../src/index.ts'
import { mockLimits } from './mocked.ts'
import { mockSse } from './mocked-sse.ts'
import { realLimits, serveReal } from './real-server.ts'
import { describeTransport } from './transport-contract.ts'

describeTransport('server-sent events of a mock', mockSse, mockLimits)
describeTransport(
  'server-sent events of our server',
  serveReal('/events', (url) => sse(url)),
  realLimits,
)
