import { expect, it } from 'vitest'

import { createManualClock } from '../../src/testing/index.ts'
import { createStream, createStreamManager, polling } from '../../src/index.ts'
import { answer, scriptFetch } from './scripted-fetch.ts'

it('refreshes credentials each time they expire, also those of one long link', async () => {
  const clock = createManualClock()
  const { fetch, asked, current } = scriptFetch()
  const log: string[] = []
  let token = 0
  const stream = createStream({
    transports: [polling('https://stream.test/poll', { fetch, headers: () => ({ authorization: `t${token}` }) })],
    manager: createStreamManager(),
    clock,
    refreshAuth: () => void token++,
    onStateChange: ({ state, reason }) => log.push(`${state} ${reason}`),
  })
  await clock.advance(0)
  current().json(answer('e:1'))
  for (let round = 0; round < 3; round++) {
    await clock.advance(10_000)
    current().json(answer('e:1'))
    await clock.advance(10_000)
    current().respond(new Response(null, { status: 401 }))
    await clock.advance(0)
    current().json(answer('e:1'))
    await clock.advance(0)
  }
  stream.close()
  expect(log).toEqual([
    'connecting started',
    'connected opened',
    ...Array.from({ length: 3 }, () => ['retrying refreshing', 'connected opened']).flat(),
    'disconnected closed',
  ])
  expect([...new Set(asked.map(({ headers }) => headers.get('authorization')))]).toEqual(['t0', 't1', 't2', 't3'])
})

it('refreshes what another stream has refreshed before, when that has expired, too', async () => {
  const clock = createManualClock()
  const manager = createStreamManager()
  let token = 0
  const refreshAuth = () => void token++
  const open = () => {
    const scripted = scriptFetch()
    const headers = () => ({ authorization: `t${token}` })
    const states: string[] = []
    createStream({
      transports: [polling('https://stream.test/poll', { fetch: scripted.fetch, headers })],
      ...{ manager, clock, refreshAuth },
      onStateChange: ({ reason }) => states.push(reason),
    })
    return { ...scripted, states }
  }
  const [first, second] = [open(), open()]
  await clock.advance(0)
  first.current().json(answer('e:1'))
  second.current().json(answer('e:1'))
  await clock.advance(10_000)
  first.current().respond(new Response(null, { status: 401 }))
  second.current().json(answer('e:1'))
  await clock.advance(10_000)
  second.current().respond(new Response(null, { status: 401 }))
  await clock.advance(0)
  manager.cleanupAll()
  expect(second.states).toEqual(['started', 'opened', 'refreshing', 'closed'])
  expect(second.asked.at(-1)?.headers.get('authorization')).toBe('t2')
})
