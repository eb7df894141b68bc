import { describe, expect, onTestFinished, test } from 'vitest'

import { polling } from '../../src/transports/polling.ts'
import { messages, parse, setUp, told } from './poll-items.ts'
import { recordLink } from './recording-link.ts'
import { scriptFetch } from './scripted-fetch.ts'

describe('what the link is told', () => {
  test('the items of each answer, in order, as JSON', async () => {
    const { dial, current } = setUp()
    const link = dial()
    await link.clock.advance(0)
    current().json([
      { id: 'a', text: 'x' },
      { id: 7, text: { n: 1 }, kind: 'note' },
      { id: null, text: null },
      { text: [1] },
      { text: undefined },
    ])
    await link.clock.advance(0)
    expect(link.facts()).toEqual([
      'opened',
      'event message a "x"',
      'event note 7 {"n":1}',
      'event message undefined null',
      'event message undefined [1]',
      'event message undefined null',
    ])
  })

  test('no position, no greeting, and nothing that our servers understand', async () => {
    const { dial, current, queries, asked } = setUp()
    const link = dial('m1', { fromStart: true })
    await link.clock.advance(0)
    current().json([])
    await link.clock.advance(5000)
    expect(queries()).toEqual(['', ''])
    expect(asked.flatMap(({ headers }) => [...headers.keys()])).toEqual(['accept', 'accept'])
    expect(link.facts()).toEqual(['opened'])
  })

  test('an item over maxEventSize, or nested too deep to be written, is skipped where it stood', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const { dial, current } = setUp()
    const link = dial()
    await link.clock.advance(0)
    current().respond(new Response(`[{"id":1,"text":"${'x'.repeat(2000)}"},{"id":2,"text":${deep}},{"id":3,"text":3}]`))
    await link.clock.advance(0)
    expect(link.facts()).toEqual([
      'opened',
      `oversized message 1 "${'x'.repeat(98)}`,
      'oversized message 2 ',
      'event message 3 3',
    ])
  })

  test('that parse or keyOf threw, as a failure to retry', async () => {
    for (const options of [
      { parse: () => JSON.parse('{') as [] },
      { parse: () => Promise.resolve([]) as unknown as [] },
      { keyOf: () => JSON.parse('{') as string },
    ]) {
      const { dial, current } = setUp(options)
      const link = dial()
      await link.clock.advance(0)
      current().json(messages(1))
      await link.clock.advance(60_000)
      expect(link.told).toEqual(['failed PARSE true'])
      expect(link.clock.pending).toBe(0)
    }
  })
})

test('the items of an answer wait for room', async () => {
  const { dial, current } = setUp()
  const link = dial()
  await link.clock.advance(0)
  link.hold()
  current().json(messages(1, 2))
  await link.clock.advance(60_000)
  expect(link.facts()).toEqual(['opened'])
  link.release()
  await link.clock.advance(0)
  expect(link.facts()).toEqual(['opened', ...told(1, 2)])
})

describe('requests', () => {
  test('follow each other at the interval, however long the answer takes', async () => {
    const { dial, current, asked } = setUp({ interval: 45_000 })
    const link = dial()
    const sentAt: number[] = []
    for (let n = 0; n < 3; n++) {
      await link.clock.advance(n === 0 ? 0 : 44_999)
      if (n > 0) {
        expect(asked).toHaveLength(n)
        await link.clock.advance(1)
      }
      sentAt.push(link.clock.now())
      current().json(messages(n))
      await link.clock.advance(0)
    }
    expect(sentAt).toEqual([0, 45_000, 90_000])

    await link.clock.advance(45_000)
    await link.clock.advance(60_000)
    expect(asked).toHaveLength(4)
    current().json([])
    await link.clock.advance(100)
    expect(asked).toHaveLength(5)
  })

  test('carry the last ID where a query parameter is named for it', async () => {
    const { dial, current, queries } = setUp({ resumeWith: { query: 'after' } })
    const link = dial('m1')
    await link.clock.advance(0)
    current().json(messages(2, 3))
    await link.clock.advance(5000)
    expect(queries()).toEqual(['after=m1', 'after=m3'])
  })

  test('may be POST with a body', async () => {
    const { dial, asked } = setUp({ body: { query: 'messages' } })
    const link = dial()
    await link.clock.advance(0)
    expect([asked[0]?.init.method, asked[0]?.init.body]).toEqual(['POST', '{"query":"messages"}'])
  })

  test('say that a long interval is no silence', async () => {
    const { dial, current } = setUp({ interval: 60_000 })
    const link = dial()
    await link.clock.advance(0)
    current().json([])
    await link.clock.advance(59_000)
    expect(link.told).toEqual(['opened', 'bytes 2', 'bytes 0', 'bytes 0'])
  })
})

describe('ETag', () => {
  const etagged = (tag: string) => ({ headers: { ETag: tag } })

  test('goes back as If-None-Match, and 304 is nothing new', async () => {
    const { dial, current, asked } = setUp()
    const link = dial()
    await link.clock.advance(0)
    current().json(messages(1), etagged('W/"a"'))
    await link.clock.advance(5000)
    current().respond(new Response(null, { status: 304 }))
    await link.clock.advance(5000)
    current().json(messages(1, 2), etagged('"b"'))
    await link.clock.advance(5000)
    expect(asked.map(({ headers }) => headers.get('If-None-Match'))).toEqual([null, 'W/"a"', 'W/"a"', '"b"'])
    expect(link.facts()).toEqual(['opened', ...told(1, 2)])
  })

  test('is not spoiled by the Cache-Control that no-store would send', async () => {
    const { dial, asked } = setUp()
    await dial().clock.advance(0)
    expect(asked[0]?.init.cache).toBe('no-cache')
  })

  test('is not sent any more once an answer has none', async () => {
    const { dial, current, asked } = setUp()
    const link = dial()
    await link.clock.advance(0)
    current().json([], etagged('"a"'))
    await link.clock.advance(5000)
    current().json([])
    await link.clock.advance(5000)
    expect(asked[2]?.headers.has('If-None-Match')).toBe(false)
  })

  test('survives a reconnect, and 304 opens the link', async () => {
    const { dial, current, asked } = setUp()
    const first = dial()
    await first.clock.advance(0)
    current().json(messages(1), etagged('"a"'))
    await first.clock.advance(0)
    first.abort()
    const second = dial('m1')
    await second.clock.advance(0)
    current().respond(new Response(null, { status: 304 }))
    await second.clock.advance(0)
    expect(asked[1]?.headers.get('If-None-Match')).toBe('"a"')
    expect(second.told).toEqual(['opened', 'bytes 0'])
  })

  test('holds for the address that gave it', async () => {
    const script = scriptFetch()
    const link = recordLink()
    onTestFinished(() => link.abort())
    let page = 0
    polling(() => `http://poll.test/${page}`, { parse, fetch: script.fetch })({}).connect(link)
    await link.clock.advance(0)
    script.current().json([], etagged('"1"'))
    page = 1
    await link.clock.advance(5000)
    expect(script.asked[1]?.headers.has('If-None-Match')).toBe(false)
  })

  test('of an answer that was not told to its end is not used', async () => {
    const { dial, current, asked } = setUp()
    const first = dial()
    await first.clock.advance(0)
    first.hold()
    current().json(messages(1, 2), etagged('"a"'))
    await first.clock.advance(0)
    first.abort()
    const second = dial()
    await second.clock.advance(0)
    expect(asked[1]?.headers.has('If-None-Match')).toBe(false)
    current().json(messages(1, 2), etagged('"a"'))
    await second.clock.advance(0)
    expect(second.facts()).toEqual(['opened', ...told(1, 2)])
  })
})
