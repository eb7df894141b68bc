import { expect, it, vi } from 'vitest'

import { systemClock } from '../../src/env.ts'
import { serveChannels, ways } from './channel-server.ts'
import { follow, openClient } from './open-client.ts'

import type { Clock } from '../../src/index.ts'

/** A client of whose commands none gets to its stream, as where a load balancer sends each to another process. */
async function open() {
  const { url, realtime } = await serveChannels()
  await realtime.publish('a', 1)
  const states: string[] = []
  let isLater = false
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + (isLater ? 5000 : 0) }
  const client = openClient({
    url,
    transports: [ways.sse],
    clock,
    retryDelay: 40,
    fetch: (input, init) =>
      JSON.stringify(init?.body).includes('commands')
        ? Promise.resolve(new Response(null, { status: 404 }))
        : fetch(input, init),
    onStateChange: ({ state, reason, retryInMs }) => void states.push(`${state} ${reason} ${retryInMs ?? ''}`.trim()),
    onError: ({ code, message, willRetry }) => void states.push(`${code} ${message} ${willRetry}`),
  })
  const first = follow(client, 'a')
  await vi.waitFor(() => expect(first.log).toContain('subscribed'))
  const settle = () => (isLater = true)
  return { client, states, settle }
}

it('waits longer and longer, and says why, where commands fail on each link', async () => {
  const { client, states } = await open()
  follow(client, 'a', { from: 'start' })
  await vi.waitFor(() => expect(states).toContain('retrying flapping 160'))
  const failed = 'HTTP the server answered 404 true'
  expect(states).toEqual([
    ...['connecting started', 'connected opened'],
    ...[failed, 'retrying lost 40', 'connected opened'],
    ...[failed, 'retrying lost 80', 'connected opened'],
    ...[failed, 'retrying flapping 160'],
  ])
})

it('brings by a new link, at once, what a command did not bring over one that has lasted', async () => {
  const { client, states, settle } = await open()
  settle()
  const { log } = follow(client, 'b')
  await vi.waitFor(() => expect(log).toContain('subscribed'))
  expect(states).toEqual(['connecting started', 'connected opened', 'retrying reconnect', 'connected opened'])
})
