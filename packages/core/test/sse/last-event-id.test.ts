import { expect, test, vi } from 'vitest'

import { serve, stream, utf8 } from './origin.ts'
import { record } from './record.ts'

/** Dials until `count` requests came; the first connection brings `text`, each is ended at once. */
async function reconnect(text: string, config: Parameters<typeof record>[1] = {}, count = 2) {
  const origin = await serve((response, _, nth) =>
    nth + 1 < count ? void stream(response, nth === 0 ? text : ': hi\n').end() : void stream(response),
  )
  const recorded = record(origin.url, config)
  await vi.waitFor(() => expect(origin.seen).toHaveLength(count))
  return { ...recorded, origin, sent: origin.header('last-event-id').map(utf8) }
}

test('is absent at first, and after a stream without ids', async () => {
  const { sent } = await reconnect('data: a\n\n')
  expect(sent).toEqual([undefined, undefined])
})

test('is the last id of the stream, and stays over connections that bring none', async () => {
  const { sent } = await reconnect('id: 1\ndata: a\n\nid: 2\ndata: b\n\ndata: c\n\n', { maxRetries: 5 }, 4)
  expect(sent).toEqual([undefined, '2', '2', '2'])
})

test('is that of a block without data, too', async () => {
  const { sent } = await reconnect('id: 1\ndata: a\n\nid: 2\n\n')
  expect(sent).toEqual([undefined, '2'])
})

test('is not that of a block that was cut off', async () => {
  const { sent } = await reconnect('id: 1\ndata: a\n\nid: 2\ndata: b\n')
  expect(sent).toEqual([undefined, '1'])
})

test('is absent again after an empty id', async () => {
  const { sent } = await reconnect('id: 1\ndata: a\n\nid:\ndata: b\n\n')
  expect(sent).toEqual([undefined, undefined])
})

test('is not one with NUL', async () => {
  const { sent } = await reconnect('id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n')
  expect(sent).toEqual([undefined, '1'])
})

test.each(['é', 'ÿ\u0080', '日本語', '…', '😀', 'a b', 'a\tb', '"1", 2', '1;2', '%E2%82%AC', `${'9'.repeat(4000)}`])(
  'trap 16: goes out as the UTF-8 bytes of %j',
  async (id) => {
    const { sent, failures } = await reconnect(`id: ${id}\ndata: a\n\n`)
    expect(sent).toEqual([undefined, id])
    expect(failures).toEqual(['ENDED retried'])
  },
)

test.each(['a\x01b', '\x1f', 'a\x7fb', '\x0b'])('is left out where no header can carry it: %j', async (id) => {
  const { sent, failures, data, stream } = await reconnect(`id: ${id}\ndata: a\n\n`)
  expect(sent).toEqual([undefined, undefined])
  expect(failures).toEqual(['ENDED retried'])
  expect(data).toEqual(['a'])
  expect(stream.lastEventId).toBe(id)
})

test('is sent at once where the user has one', async () => {
  const { sent } = await reconnect('data: a\n\n', { lastEventId: 'é1' })
  expect(sent).toEqual([undefined, undefined].map(() => 'é1'))
})

test('travels as a query parameter where asked to, and not as a header', async () => {
  const { origin, sent } = await reconnect('id: é&=+ 1\ndata: a\n\n', { resumeWith: { query: 'lastEventId' } })
  expect(sent).toEqual([undefined, undefined])
  expect(origin.seen.map(({ query }) => query.get('lastEventId'))).toEqual([null, 'é&=+ 1'])
})

test('takes the place of a query parameter that the URL has already', async () => {
  const origin = await serve((response) => void stream(response))
  record(`${origin.url}/?x=1&since=0`, { resumeWith: { query: 'since' }, lastEventId: '7' })
  await vi.waitFor(() => expect(origin.seen.map(({ query }) => `${query}`)).toEqual(['x=1&since=7']))
})

test('goes with a body, which is sent again', async () => {
  const origin = await serve((response, _, nth) => {
    stream(response, `id: ${nth}\ndata: a\n\n`, { 'Content-Length': '1000' })
    setImmediate(() => response.socket?.resetAndDestroy())
  })
  record(origin.url, { method: 'POST', body: 'ask', maxRetries: 1 })
  await vi.waitFor(() => expect(origin.seen.length).toBeGreaterThan(1))
  expect(origin.seen.slice(0, 2).map(({ method, body }) => [method, body])).toEqual([
    ['POST', 'ask'],
    ['POST', 'ask'],
  ])
  expect(origin.header('last-event-id').slice(0, 2)).toEqual([undefined, '0'])
})
