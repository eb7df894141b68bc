import { describe, expect, it, vi } from 'vitest'

import { systemClock } from '../../src/env.ts'
import { follow } from './open-client.ts'
import { complete, openPlayed, subscribed } from './open-played.ts'

import type { ChannelClient, ChannelHandlers, Clock } from '../../src/index.ts'

/** What a microtask of the client, and what waits behind it, would have done is done by then. */
const settled = () => new Promise(setImmediate)

describe('after close()', () => {
  const closers: [string, (client: ChannelClient) => ChannelHandlers<unknown>, object][] = [
    ['onSubscribed', (client) => ({ onSubscribed: () => client.close() }), subscribed('e:0')],
    [
      'onStateChange of a channel that completes',
      (client) => ({ onStateChange: ({ reason }) => reason === 'completed' && client.close() }),
      complete(1),
    ],
    [
      'onError of one that is refused',
      (client) => ({ onError: () => client.close() }),
      { type: 'error', code: 'FORBIDDEN', channel: 'a', message: 'no' },
    ],
    [
      'onError of one that is refused for now',
      (client) => ({ onError: () => client.close() }),
      { type: 'error', code: 'UNAVAILABLE', channel: 'a', message: 'not now' },
    ],
  ]

  it.each(closers)('in %s no handler of another subscription is called but onStateChange', async (_, closer, last) => {
    const { client, asked, say } = openPlayed()
    client.subscribe('a', closer(client))
    const { log } = follow(client, 'a')
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    if ('code' in last || last === closers[0]?.[2]) say(last)
    else say(subscribed('e:0'), last)
    await vi.waitFor(() => expect(client.state).toBe('disconnected'))
    await settled()
    expect(log.slice(0, log.indexOf('disconnected closed') + 1)).toEqual(log)
    expect(log.filter((line) => /error|complete/.test(line))).toEqual([])
  })

  it('nobody begins who subscribed in the same turn', async () => {
    const { client, asked, say } = openPlayed()
    const a = follow(client, 'a')
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    say(subscribed('e:0'))
    await vi.waitFor(() => expect(a.log).toContain('connected opened'))
    const getState = vi.fn()
    const b = follow(client, 'a', { getState })
    client.close()
    await settled()
    expect(b.log).not.toContain('subscribed')
    expect(getState).not.toHaveBeenCalled()
  })

  it('start() follows what a handler subscribed meanwhile', async () => {
    const { client, asked, say } = openPlayed()
    const a = follow(client, 'a', {}, {})
    client.subscribe('a', { onStateChange: ({ reason }) => reason === 'closed' && follow(client, 'b') })
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    say(subscribed('e:0'))
    await vi.waitFor(() => expect(a.log).toContain('connected opened'))
    client.close()
    await settled()
    expect(asked).toHaveLength(1)
    client.start()
    await vi.waitFor(() => expect(asked).toEqual([{ a: null }, { b: null }]))
  })

  it.each(['FORBIDDEN', 'UNAVAILABLE'])('in onError nothing is left that would wait, after %s', async (code) => {
    const waits = new Set<() => void>()
    const clock: Clock = {
      ...systemClock,
      after(ms, act) {
        const cancel = systemClock.after(ms, () => {
          waits.delete(act)
          act()
        })
        waits.add(act)
        return () => {
          waits.delete(act)
          cancel()
        }
      },
    }
    const { client, asked, say } = openPlayed({ clock, retryDelay: 30_000 })
    client.subscribe('a', { onError: () => client.close() })
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    say({ type: 'error', code, channel: 'a', message: 'no' })
    await vi.waitFor(() => expect(client.state).toBe('disconnected'))
    await settled()
    expect(waits.size).toBe(0)
  })
})
