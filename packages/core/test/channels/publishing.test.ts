import { describe, expect, it, vi } from 'vitest'

import { serveChannels, wayNames, ways } from './channel-server.ts'
import { createGate } from './gate.ts'
import { follow, openClient } from './open-client.ts'

describe.each(wayNames)('what is published over %s', (way) => {
  it('is unconfirmed where the connection is lost before the server has answered, and not sent again', async () => {
    let asked = 0
    const { port } = await serveChannels({
      authorize(_, action) {
        if (action === 'subscribe') return true
        asked++
        return new Promise<boolean>(() => {}) // no answer
      },
    })
    const gate = await createGate(port)
    const client = openClient({ url: `http://127.0.0.1:${gate.port}/realtime`, transports: [ways[way]] })
    const chat = follow(client, 'chat')
    await vi.waitFor(() => expect(chat.subscription.state).toBe('connected'))
    const published = client.publish('chat', 'hi')
    const outcome = expect(published).rejects.toMatchObject({ code: 'UNCONFIRMED', name: 'StreamError' })
    await vi.waitFor(() => expect(asked).toBe(1))
    gate.cut()
    await outcome
    await vi.waitFor(() => expect(chat.subscription.state).toBe('connected'))
    expect(asked).toBe(1)
  })

  it('is refused where too many wait, where an id is used twice, and once the client is closed', async () => {
    const { url } = await serveChannels()
    const client = openClient({ url, transports: [ways[way]], autoStart: false })
    const early = client.publish('chat', 0)
    await expect(early).rejects.toMatchObject({ code: 'UNSENT' })
    client.start()
    const outcomes = Promise.allSettled([
      client.publish('chat', 1, { id: 'm' }),
      client.publish('chat', 2, { id: 'm' }),
      ...Array.from({ length: 100 }, (_, n) => client.publish('chat', n)),
    ])
    const settled = await outcomes
    expect(settled.flatMap((each, n) => (each.status === 'rejected' ? [n] : []))).toEqual([1, 101])
    client.close()
    await expect(client.publish('chat', 3)).rejects.toMatchObject({ code: 'UNSENT' })
  })

  it('is refused under an id that no server takes, and not for the name of the client', async () => {
    const { url } = await serveChannels()
    const client = openClient({ url, transports: [ways[way]], id: 'c'.repeat(200) })
    const settled = await Promise.allSettled([
      client.publish('chat', 1, { id: 'x'.repeat(129) }),
      client.publish('chat', 2, { id: 'x'.repeat(128) }),
      client.publish('chat', 3),
    ])
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(settled[0]).toMatchObject({ reason: { code: 'UNSENT' } })
  })

  it('is refused by itself where JSON cannot say it, and goes out as it was', async () => {
    const { url } = await serveChannels()
    const client = openClient({ url, transports: [ways[way]] })
    const chat = follow(client, 'chat', { from: 'start' })
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const changing = { n: 1 }
    const outcomes = Promise.allSettled([circle, undefined, changing, 10n].map((data) => client.publish('chat', data)))
    changing.n = 2
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'rejected'])
    await vi.waitFor(() => expect(chat.data).toEqual([{ n: 1 }]))
  })

  it('goes out in several requests where it is more than one may hold, and is refused where it alone is', async () => {
    const { url } = await serveChannels({ limits: { commandsPerSecond: 100 } })
    const states: string[] = []
    const client = openClient({ url, transports: [ways[way]], onStateChange: ({ state }) => void states.push(state) })
    const chat = follow(client, 'chat')
    await vi.waitFor(() => expect(chat.subscription.state).toBe('connected'))
    const texts = Array.from({ length: 80 }, (_, n) => `${n}`.padEnd(1000, 'ü'))
    const outcomes = Promise.allSettled(texts.map((text) => client.publish('chat', text)))
    await expect(client.publish('chat', 'x'.repeat(65_500))).rejects.toMatchObject({ code: 'UNSENT' })
    expect((await outcomes).map(({ status }) => status)).toEqual(texts.map(() => 'fulfilled'))
    await client.publish('chat', 'x'.repeat(65_300))
    await vi.waitFor(() => expect(chat.data).toHaveLength(81))
    expect(chat.data.slice(0, 80)).toEqual(texts)
    expect(states).toEqual(['connecting', 'connected'])
  })
})
