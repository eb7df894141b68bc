import { expect, it, vi } from 'vitest'

import { serveChannels, ways } from './channel-server.ts'
import { follow, openClient } from './open-client.ts'

it.each(['sse', 'polling'] as const)(
  'follows what was subscribed while a channel was asked for that is refused, over %s',
  async (way) => {
    let refuse = () => {}
    const refused = new Promise<boolean>((resolve) => (refuse = () => resolve(false)))
    const authorize = vi.fn((_: unknown, __: unknown, channel: unknown) => channel !== 'secret' || refused)
    const { url, realtime } = await serveChannels({ authorize })
    const client = openClient({ url, transports: [ways[way]] })
    const secret = follow(client, 'secret')
    await vi.waitFor(() => expect(authorize).toHaveBeenCalled())
    const open = follow(client, 'open')
    await Promise.resolve()
    refuse()
    await vi.waitFor(() => expect(secret.log).toContain('error FORBIDDEN final'))
    await vi.waitFor(() => expect(open.subscription.state).toBe('connected'))
    await realtime.publish('open', 1)
    await vi.waitFor(() => expect(open.data).toEqual([1]))
    expect(open.log.filter((line) => line.startsWith('error'))).toEqual([])
  },
)

it('gives up where nothing but what is refused was asked for', async () => {
  const { url, asked } = await serveChannels({ authorize: () => false })
  const client = openClient({ url, transports: [ways.sse] })
  const { log } = follow(client, 'secret')
  await vi.waitFor(() => expect(client.state).toBe('error'))
  expect(log).toEqual(['connecting started', 'error FORBIDDEN final', 'error fatal'])
  expect(asked).toHaveLength(1)
})
