import { expect, it, vi } from 'vitest'

import { createManualClock } from '../../src/testing/index.ts'
import { follow } from '../../src/tabs/follower.ts'
import { createRelayLog } from '../../src/tabs/relay-log.ts'

import type { Link } from '../../src/transports/transport.ts'

it('a tab takes the connection over at once, also where the last words of the former leader come late', async () => {
  const clock = createManualClock()
  const redial = vi.fn()
  const ignore = () => {}
  // What is told it does not matter here.
  const link = {
    clock,
    lastEventId: '',
    fromStart: false,
    opened: ignore,
    event: ignore,
    bytes: ignore,
  } as unknown as Link
  const real = { name: 'played', url: '', isUnsafe: false, poolKey: undefined, connect: ignore }
  const role = follow({
    ...{ id: 'f.1', link, real, log: createRelayLog(), term: undefined },
    ...{ post: ignore, redial, lead: ignore, steal: ignore, follows: ignore },
  })
  role.heard(['tell', 'l.1', 'f.1', [['opened', 'played'], ['placed']], 0])
  role.promote?.(false)
  role.heard(['tell', 'l.1', '', [['event', { id: 'e:1', type: 'message', data: '1' }]], 10])
  await clock.advance(1000)
  expect(redial).toHaveBeenCalledOnce()
})
