import { describe, expect, it, vi } from 'vitest'

import { systemClock } from '../../src/env.ts'
import { serveChannels, ways } from './channel-server.ts'
import { follow, openClient } from './open-client.ts'

import type { Clock } from '../../src/index.ts'

type Fetch = typeof globalThis.fetch

const never = new Promise<never>(() => {})
const timeout = 12_345

/** A client one of whose commands is answered by nobody, while everything else is. */
async function open(way: 'sse' | 'polling', where: 'fetch' | 'headers') {
  const { url } = await serveChannels()
  let fate: 'carried' | 'next is lost' | 'lost' = 'carried'
  const states: string[] = []
  const errors: string[] = []
  const signals: (AbortSignal | null | undefined)[] = []
  const waits = new Set<() => void>()
  const clock: Clock = {
    ...systemClock,
    after(ms, act) {
      if (ms !== timeout) return systemClock.after(ms, act)
      waits.add(act)
      return () => waits.delete(act)
    },
  }
  const lose = () => {
    if (fate !== 'next is lost') return false
    fate = 'lost'
    return true
  }
  const lossy: Fetch = (input, init) => {
    if (where !== 'fetch' || !JSON.stringify(init?.body).includes('commands') || !lose()) return fetch(input, init)
    signals.push(init?.signal)
    return never
  }
  const client = openClient({
    url,
    transports: [ways[way]],
    clock,
    timeout,
    fetch: lossy,
    headers: () => (where === 'headers' && lose() ? never : {}),
    onStateChange: ({ state, reason }) => void states.push(`${state} ${reason}`),
    onError: ({ code, willRetry }) => void errors.push(`${code} ${willRetry ? 'retried' : 'final'}`),
  })
  const first = follow(client, 'a')
  await vi.waitFor(() => expect(first.subscription.state).toBe('connected'))
  fate = 'next is lost'
  const timeUp = async () => {
    await vi.waitFor(() => expect(fate).toBe('lost'))
    expect(waits.size).toBe(1)
    for (const act of waits) {
      waits.delete(act)
      act()
    }
  }
  return { client, states, errors, signals, waits, timeUp }
}

const dialledAnew = ['connecting started', 'connected opened', 'retrying lost', 'connected opened']

describe('a command that is not answered', () => {
  it.each(['fetch', 'headers'] as const)(
    'has the link dialled anew in time, where the %s never settle',
    async (where) => {
      const { client, states, errors, signals, waits, timeUp } = await open('sse', where)
      const second = follow(client, 'b')
      await timeUp()
      await vi.waitFor(() => expect(second.subscription.state).toBe('connected'))
      expect(states).toEqual(dialledAnew)
      expect(errors).toEqual(['TIMEOUT retried'])
      expect(signals.map((signal) => signal?.aborted)).toEqual(where === 'fetch' ? [true] : [])
      // A command that is answered leaves nothing behind.
      const third = follow(client, 'c')
      await vi.waitFor(() => expect(third.subscription.state).toBe('connected'))
      await vi.waitFor(() => expect(waits.size).toBe(0))
    },
  )

  it.each(['sse', 'polling'] as const)('leaves what was published over %s unconfirmed, not waiting', async (way) => {
    const { client, states, timeUp } = await open(way, 'fetch')
    const outcome = expect(client.publish('a', 1)).rejects.toMatchObject({ code: 'UNCONFIRMED' })
    await timeUp()
    await outcome
    await vi.waitFor(() => expect(states).toEqual(dialledAnew))
    await expect(client.publish('a', 2)).resolves.toMatchObject({ position: expect.stringMatching(/:1$/) as string })
  })
})
