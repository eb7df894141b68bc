import { polling } from '../../src/index.ts'
import { mockLimits } from './mocked.ts'
import { mockPolling } from './mocked-polling.ts'
import { realLimits, serveReal } from './real-server.ts'
import { describeTransport } from './transport-contract.ts'

describeTransport('polls of a mock', mockPolling, mockLimits)
describeTransport(
  'polls of our server',
  serveReal('/poll', (url) => polling(url)),
  realLimits,
)
