import { expect, it } from 'vitest'

import { openTabs } from './open-tabs.ts'

it('a slow tab holds its server back again, and keeps its connection, when the others have gone', async () => {
  const { open, server, clock } = openTabs()
  const slow = open('a', { onData: () => new Promise(() => {}), maxBufferedEvents: 4 })
  await clock.advance(100)
  const other = open('b')
  await clock.advance(100)
  other.stream.close()
  await clock.advance(100)
  server.publish(9)
  await clock.advance(100)
  expect(slow.log).toEqual(['connecting started', 'connected opened'])
})
