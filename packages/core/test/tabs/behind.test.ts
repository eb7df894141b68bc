import { expect, it } from 'vitest'

import { openTabs, range } from './open-tabs.ts'

import type { Link, TransportFactory } from '../../src/transports/transport.ts'

const greet = (link: Link) => {
  link.comment('connected')
  link.bytes(10)
}

it.each([
  { what: 'does not answer', answer() {}, code: 'TIMEOUT' },
  { what: 'falls silent', answer: greet, code: 'HEARTBEAT' },
])('a tab that is behind does not wait for ever for a connection that $what', async ({ answer, code }) => {
  const { open, server, world, clock } = openTabs()
  server.publish(5)
  open('a')
  await clock.advance(100)
  let dials = 0
  const transport: TransportFactory = (defaults) => {
    const real = server.transport(world.open('b'))(defaults)
    const connect = (link: Link) => (dials++ ? real.connect(link) : answer(link))
    return { ...real, connect }
  }
  const behind = open('b', { from: 'start', transports: [transport] })
  // The leader goes on meanwhile.
  for (let n = 0; n < 40; n++) {
    await clock.advance(2000)
    server.publish(1)
  }
  await clock.advance(100)
  expect(behind.log).toContain(`error ${code} retried`)
  expect(behind.numbers).toEqual(range(1, 45))
})
