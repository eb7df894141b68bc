import { runSelfChecks } from './self-check.ts'
import { createReport } from './streaming-report.ts'

import type { SelfCheck } from './self-check.ts'
import type { StreamingReport } from './streaming-report.ts'

export const managerChecks: readonly SelfCheck[] = [
  {
    check: 'list',
    holds: 'the manager lists its connections and their states',
    async play({ manager, open }) {
      const stream = await open({ id: 'listed' })
      const [connection, ...others] = manager.getActiveConnections()
      return [connection?.id, connection?.state, others.length, manager.getState('listed'), stream.state]
    },
    expected: ['listed', 'connected', 0, 'connected', 'connected'],
  },
  {
    check: 'pool',
    holds: 'equal streams share one connection, and each gets every event',
    async play({ server, clock, log, open }) {
      await open()
      await open()
      server.connection(0).push({ id: '1', data: { n: 1 } })
      await clock.advance(0)
      return [server.requests.length, log]
    },
    expected: [1, [{ n: 1 }, { n: 1 }]],
  },
  {
    check: 'cleanup',
    holds: 'cleanup closes one stream, at once',
    async play({ server, clock, manager, open }) {
      await open({ id: 'a', pool: false })
      await open({ id: 'b', pool: false })
      manager.cleanup('a')
      await clock.advance(0)
      return [manager.getState('a'), manager.getState('b'), server.openConnections]
    },
    expected: ['disconnected', 'connected', 1],
  },
  {
    check: 'cleanup all',
    holds: 'cleanupAll leaves neither a connection nor a timer',
    async play({ server, clock, manager, open }) {
      await open({ pool: false })
      await open({ pool: false })
      manager.cleanupAll()
      await clock.advance(0)
      return [manager.getActiveConnections().length, server.openConnections, clock.pending]
    },
    expected: [0, 0, 0],
  },
]

/** Checks the library's stream manager against scripted streams, on virtual time. Never rejects. */
export const testStreamManager = async (): Promise<StreamingReport> => createReport(await runSelfChecks(managerChecks))
