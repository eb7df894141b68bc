import { describe, expect, it, vi } from 'vitest'

import { event, poll, servePolls } from './support/ask-poll.ts'
import { laterTurn } from './support/lagging-backplane.ts'
import { frameworks } from './support/serve.ts'

describe.each(frameworks)('a poll over %s', (kind) => {
  it('security 23 and 32: answers with the headers of uncacheable JSON', async () => {
    const { port } = await servePolls({}, 'a', kind)
    const { status, headers, body } = await poll(port, '')
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'content-length': String(JSON.stringify(body).length),
    })
  })

  it('says where the channel is, then what came since', async () => {
    const { realtime, port } = await servePolls({}, 'a', kind)
    const { epoch } = await realtime.publish('a', 1)
    expect((await poll(port, '?wait=30')).body).toEqual({ events: [], positions: { a: `${epoch}:1` } })
    await realtime.publish('a', 2)
    const answer = { events: [event(epoch, 2)], positions: { a: `${epoch}:2` } }
    expect((await poll(port, `?since=${epoch}:1&wait=30`)).body).toEqual(answer)
    expect((await poll(port, '', { headers: { 'Last-Event-ID': `${epoch}:1` } })).body).toEqual(answer)
    const all = [event(epoch, 1), event(epoch, 2)]
    expect((await poll(port, '?from=start')).body).toEqual({ events: all, positions: { a: `${epoch}:2` } })
    expect((await poll(port, `?since=${epoch}:2`)).body).toEqual({ events: [], positions: { a: `${epoch}:2` } })
  })

  it('waits for what comes, and answers what one turn published together', async () => {
    const { realtime, port } = await servePolls({}, 'a', kind)
    const { epoch } = await realtime.publish('a', 1)
    const answer = poll(port, `?since=${epoch}:1&wait=30`)
    await vi.waitFor(() => expect([...realtime.sessions]).toHaveLength(1))
    await laterTurn()
    await realtime.publish('a', 2)
    await realtime.publish('a', 3)
    expect((await answer).body.events).toEqual([event(epoch, 2), event(epoch, 3)])
  })
})
