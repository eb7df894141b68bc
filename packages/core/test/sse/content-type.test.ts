import { expect, test, vi } from 'vitest'

import { serve, stream } from './origin.ts'
import { record } from './record.ts'

const accepted = [
  'text/event-stream',
  'Text/Event-Stream',
  'TEXT/EVENT-STREAM',
  'text/event-stream;charset=utf-8',
  'text/event-stream; charset=UTF-8',
  'text/event-stream ; charset=utf-8',
  'text/event-stream;',
  'text/event-stream; charset=windows-1252',
  'text/event-stream; charset="utf-8"; x=y',
  'text/event-stream;x',
  'text/html, text/event-stream',
  'text/event-stream, text/event-stream; charset=utf-8',
  'text/html; x="a", text/event-stream',
]

const refused = [
  'text/event-streamx',
  'xtext/event-stream',
  'text/event-stream-x',
  'text/event',
  'text/x-event-stream',
  'application/event-stream',
  'text/plain',
  'text/html; charset=utf-8',
  'application/json',
  'text/event-stream charset=utf-8',
  'text/ event-stream',
  'event-stream',
  'text/event-stream, text/html',
  'text/html; x="text/event-stream"',
  'text/html; x="a, text/event-stream"',
  'text/html;text/event-stream',
  '',
]

test.each(accepted)('takes %j', async (type) => {
  const origin = await serve((response) => void stream(response, 'data: …\n\n', { 'Content-Type': type }))
  const { data, failures } = record(origin.url)
  await vi.waitFor(() => expect([data, failures]).toEqual([['…'], []]))
})

test.each(refused)('trap 11: refuses %j', async (type) => {
  const origin = await serve((response) => void stream(response, 'data: a\n\n', { 'Content-Type': type }))
  const { data, failures, states, errors } = record(origin.url)
  await vi.waitFor(() => expect(failures).toEqual(['CONTENT_TYPE 200 final']))
  expect([data, states.at(-1), origin.seen.length]).toEqual([[], 'error fatal', 1])
  expect(errors[0]?.message).toContain(type)
  await vi.waitFor(() => expect(origin.open).toBe(0))
})

test('refuses a response without a content type', async () => {
  const origin = await serve((response) => void response.writeHead(200).end('data: a\n\n'))
  const { data, failures } = record(origin.url)
  await vi.waitFor(() => expect(failures).toEqual(['CONTENT_TYPE 200 final']))
  expect(data).toEqual([])
})

test('takes the last of several headers', async () => {
  const origin = await serve((response) => {
    response.setHeader('Content-Type', ['text/html', 'text/event-stream'])
    response.write('data: a\n\n')
  })
  const { data, failures } = record(origin.url)
  // Node's server sends a list as one header for each, which HTTP joins with a comma.
  await vi.waitFor(() => expect([data, failures]).toEqual([['a'], []]))
})

test('decodes as UTF-8, whatever the charset says', async () => {
  const type = 'text/event-stream; charset=windows-1252'
  const origin = await serve((response) => void stream(response, 'data: ok…\n\n', { 'Content-Type': type }))
  const { data } = record(origin.url)
  await vi.waitFor(() => expect(data).toEqual(['ok…']))
})

test('trap 12: comes back from a captive portal, once it has been connected', async () => {
  const origin = await serve((response, _, nth) => {
    if (nth === 1) response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Pay here</h1>')
    else if (nth === 0) stream(response, 'data: a\n\n').end()
    else stream(response, 'data: b\n\n')
  })
  const { data, failures } = record(origin.url)
  await vi.waitFor(() => expect(data).toEqual(['a', 'b']))
  expect(failures).toEqual(['ENDED retried', 'CONTENT_TYPE 200 retried'])
})
