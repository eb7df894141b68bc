import type { SelfCheck } from './self-check.ts'

/** How a stream gets over what networks and servers do. */
export const reconnectionChecks: readonly SelfCheck[] = [
  {
    check: 'resume',
    holds: 'a cut link is dialled again with the last event ID, and events go on',
    async play({ server, clock, log, open }) {
      await open()
      server.connection(0).push({ id: '1', data: 1 })
      server.connection(0).dropMidEvent({ id: '2', data: 2 })
      await clock.advance(1000)
      server.connection(1).push({ id: '2', data: 2 })
      await clock.advance(0)
      return [server.requests.map(({ lastEventId }) => lastEventId ?? ''), log]
    },
    expected: [
      ['', '1'],
      [1, 'NETWORK retried', 2],
    ],
  },
  {
    check: 'duplicates',
    holds: 'an event that a server sends again after a reconnect is dropped',
    async play({ server, clock, log, open }) {
      await open()
      server.connection(0).push({ id: '1', data: 1 })
      server.connection(0).push({ id: '2', data: 2 })
      server.connection(0).end()
      await clock.advance(1000)
      server.connection(1).push({ id: '2', data: 2 })
      server.connection(1).push({ id: '3', data: 3 })
      await clock.advance(0)
      return log
    },
    expected: [1, 2, 'ENDED retried', 3],
  },
  {
    check: 'retry-after',
    holds: 'a server that is busy is not asked before the time that it told',
    async play({ server, clock, open }) {
      server.busy(7)
      await open()
      await clock.advance(6999)
      const early = server.requests.length
      await clock.advance(1)
      return [early, server.requests.length, server.openConnections]
    },
    expected: [1, 2, 1],
  },
  {
    check: 'silence',
    holds: 'a link that went silent is given up after two heartbeat intervals',
    async play({ server, clock, log, open }) {
      await open({ heartbeatInterval: 1000, retryDelay: 500 })
      server.connection(0).goSilent()
      await clock.advance(1999)
      const early = server.requests.length
      await clock.advance(501)
      return [early, server.requests.length, log]
    },
    expected: [1, 2, ['HEARTBEAT retried']],
  },
  {
    check: 'timeout',
    holds: 'a request that nobody answers is given up after `timeout`',
    async play({ server, clock, log, open }) {
      server.ignore()
      await open({ timeout: 3000 })
      await clock.advance(2999)
      const early = [...log]
      await clock.advance(1)
      return [early, log]
    },
    expected: [[], ['TIMEOUT retried']],
  },
  {
    check: 'malformed',
    holds: 'malformed data is reported and skipped',
    async play({ server, clock, log, open }) {
      await open()
      server.connection(0).malformed('1')
      server.connection(0).push({ id: '2', data: 2 })
      await clock.advance(0)
      return log
    },
    expected: ['invalid PARSE', 2],
  },
  {
    check: 'retry limit',
    holds: 'after `maxRetries` in vain a stream gives up',
    async play({ server, clock, log, open }) {
      server.refuse(10)
      const stream = await open({ maxRetries: 2 })
      await clock.advance(60_000)
      return [server.requests.length, log, stream.state]
    },
    expected: [3, ['NETWORK retried', 'NETWORK retried', 'NETWORK final'], 'error'],
  },
  {
    check: 'close',
    holds: 'a closed stream leaves neither a connection nor a timer',
    async play({ server, clock, open }) {
      const stream = await open({ pool: false })
      stream.close()
      await clock.advance(60_000)
      return [stream.state, server.requests.length, server.openConnections, clock.pending]
    },
    expected: ['disconnected', 1, 0, 0],
  },
]
