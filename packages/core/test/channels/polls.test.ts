import { setTimeout as pause } from 'node:timers/promises'

import { expect, it, vi } from 'vitest'

import { systemClock } from '../../src/env.ts'
import { polling } from '../../src/index.ts'
import { serveChannels } from './channel-server.ts'
import { follow, openClient } from './open-client.ts'

import type { Clock } from '../../src/index.ts'

/** Each of several polls takes a while, and longer where the machine is busy. */
const patience = { timeout: 10_000 }

it('an answer that has begun comes to its end though something else is asked meanwhile', async () => {
  const { realtime, url } = await serveChannels()
  let arriving: (() => void) | undefined
  let isSlow = false
  const states: string[] = []
  const client = openClient({
    url,
    transports: [polling('poll')],
    onStateChange: ({ state, reason }) => void states.push(`${state} ${reason}`),
    // Headers at once; the body when it is let through, or never, if the request is given up.
    async fetch(input, init) {
      const response = await fetch(input, init)
      const text = await response.text()
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          const finish = () => {
            controller.enqueue(new TextEncoder().encode(text))
            controller.close()
          }
          if (!isSlow) return finish()
          arriving = finish
          init?.signal?.addEventListener('abort', () => {
            arriving = undefined
            controller.error(init.signal?.reason)
          })
        },
      })
      return new Response(body, response)
    },
  })
  const first = follow(client, 'a')
  await vi.waitFor(() => expect(first.subscription.state).toBe('connected'))
  isSlow = true
  await realtime.publish('a', 1)
  await vi.waitFor(() => expect(arriving).toBeDefined())
  isSlow = false
  const second = follow(client, 'b')
  // Commands go out together, and no more often than this.
  await pause(150)
  arriving?.()
  await vi.waitFor(() => expect(second.subscription.state).toBe('connected'))
  await vi.waitFor(() => expect(first.data).toEqual([1]))
  expect(states).toEqual(['connecting started', 'connected opened'])
})

it('shows a channel that polls cannot serve for now as retrying, and asks for it again less and less often', async () => {
  let isDown = false
  const { realtime, url } = await serveChannels({
    authorize: (_, __, channel) => {
      if (isDown && channel === 'a') throw new Error('down')
      return true
    },
  })
  const waits: number[] = []
  const clock: Clock = {
    ...systemClock,
    after(ms, act) {
      // Nothing else waits for so long.
      if ([20, 40, 80].includes(ms)) waits.push(ms)
      return systemClock.after(ms, act)
    },
  }
  const client = openClient({ url, transports: [polling('poll')], clock })
  const a = follow(client, 'a')
  const b = follow(client, 'b')
  await vi.waitFor(
    () => expect([a, b].map(({ subscription }) => subscription.state)).toEqual(['connected', 'connected']),
    patience,
  )
  isDown = true
  await realtime.publish('b', 1)
  await vi.waitFor(() => expect(waits).toEqual([20, 40, 80]), patience)
  expect([a, b].map(({ subscription }) => subscription.state)).toEqual(['retrying', 'connected'])
  await realtime.publish('a', 2)
  isDown = false
  await vi.waitFor(() => expect(a.data).toEqual([2]), patience)
  expect(a.log.filter((line) => line !== 'error INTERNAL retried')).toEqual([
    ...['connecting started', 'subscribed', 'connected opened', 'retrying opened'],
    ...['subscribed recovered', 'connected opened', 'data 2'],
  ])
  expect(b.log).toEqual(['connecting started', 'subscribed', 'connected opened', 'data 1'])
})
