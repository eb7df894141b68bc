import { setImmediate as turnEnd } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { ChannelEvent } from '../src/channel-event.ts'
import { nameChannel } from '../src/channel.ts'
import { createEncodedPages } from '../src/encoded-pages.ts'
import { Feed } from '../src/feed.ts'
import { sseWire } from '../src/transports/sse.ts'

import type { Page } from '../src/index.ts'
import type { Subscriber } from '../src/subscriber.ts'

/** A feed whose channel begins another life when told; as many reads as are said still answer from the one before. */
function open() {
  let life: readonly ChannelEvent[] = []
  let former = life
  let epoch = 'A'
  let staleReads = 0
  let completed = false
  const backplane = {
    async read(_: string, { after, limit }: { after: number; limit: number }): Promise<Page> {
      const [events, of] = staleReads-- > 0 ? [former, 'A'] : [life, epoch]
      return { epoch: of, oldest: 1, top: events.length, completed, events: events.slice(after, after + limit) }
    },
  }
  const feed: Feed = new Feed(nameChannel('a'), {
    backplane,
    pages: createEncodedPages(),
    scheduleFlush: (dirty) => setImmediate(() => dirty.flush()),
    onError(_, error) {
      throw error
    },
  })
  const publish = (data: string) => {
    const event = new ChannelEvent(epoch, life.length + 1, JSON.stringify(data))
    life = [...life, event]
    feed.event(event)
  }
  const beginLife = (reads = 0) => {
    former = life
    life = []
    epoch = 'B'
    staleReads = reads
    completed = false
  }
  const end = () => {
    completed = true
    feed.complete({ epoch, offset: life.length })
  }
  const forgetEnd = () => void (completed = false)
  publish('a1')
  return { feed, publish, beginLife, end, forgetEnd }
}

function listen() {
  let text = ''
  const session: Subscriber & { room: Promise<void>; queuedBytes: number } = {
    wire: sseWire,
    isOpen: true,
    queuedBytes: 0,
    room: Promise.resolve(),
    writeAll: (chunks) => void (text += Buffer.concat([...chunks]).toString()),
    writable: () => session.room,
    finish() {},
    destroy() {},
  }
  const told = () => Array.from(text.matchAll(/^data: "(.*)"$|(gap)$/gm), ([, data, gap]) => data ?? gap)
  return { session, told }
}

async function settle() {
  for (let n = 0; n < 20; n++) await turnEnd()
}

describe('a session that reads while its channel begins another life', () => {
  it('gets the gap and the new events where its page waited for a slow client', async () => {
    const { feed, publish, beginLife } = open()
    const { session, told } = listen()
    let drain = () => {}
    session.room = new Promise((resolve) => (drain = resolve))
    session.queuedBytes = 1
    feed.join(session, { epoch: 'A', offset: 0 })
    await turnEnd()
    beginLife()
    publish('b1')
    await turnEnd()
    session.queuedBytes = 0
    session.room = Promise.resolve()
    drain()
    await settle()
    expect(told()).toEqual(['a1', 'gap', 'b1'])
  })

  // The second is one that was under way, as somebody else had asked for the same.
  it.each([1, 2])('gets them where %s of its reads answer from the former one', async (count) => {
    const { feed, publish, beginLife } = open()
    const { session, told } = listen()
    beginLife(count)
    publish('b1')
    feed.join(session, { epoch: 'A', offset: 0 })
    await settle()
    expect(told()).toEqual(['a1', 'gap', 'b1'])
  })
})

describe('a session that comes once its channel has ended', () => {
  it.each([
    ['goes on in another life', 'beginLife', ['gap', 'b1']],
    ['goes on as the end was lost', 'forgetEnd', ['a1', 'b1']],
  ] as const)('gets what comes where it %s', async (_, goOn, expected) => {
    const channel = open()
    const { session, told } = listen()
    channel.end()
    channel[goOn]()
    channel.feed.join(session, { epoch: 'A', offset: 0 })
    await settle()
    channel.publish('b1')
    await settle()
    expect(told()).toEqual(expected)
  })
})
