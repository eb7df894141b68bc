import { setTimeout as pause } from 'node:timers/promises'

import { expect, it, vi } from 'vitest'

import { polling } from '../../src/index.ts'
import { serveChannels } from './channel-server.ts'
import { follow, openClient } from './open-client.ts'

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
