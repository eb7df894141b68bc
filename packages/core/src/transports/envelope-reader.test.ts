import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createEnvelopeReader } from './envelope-reader.ts'

import type { StreamError } from '../errors.ts'
import type { ReceivedEvent } from '../resume.ts'

/** What a link is told for these frames, call by call. */
function told(frames: readonly unknown[], maxEventSize = 1000): unknown[] {
  const calls: unknown[] = []
  const named = (name: string) => (event: ReceivedEvent) => void calls.push([name, event.type, event.id, event.data])
  const read = createEnvelopeReader({
    maxEventSize,
    comment: (text) => void calls.push(['comment', text]),
    event: named('event'),
    oversized: named('oversized'),
    failed: ({ code, message, retryable }: StreamError) => void calls.push(['failed', code, message, retryable]),
  })
  for (const frame of frames) read(frame)
  return calls
}

const connected = { type: 'connected', clientId: 'c', heartbeatInterval: 15_000 }
const subscribed = { type: 'subscribed', channel: 'ch', position: 'e:4' }
const event = (offset: number, data: unknown = offset) => ({
  type: 'event',
  channel: 'ch',
  position: `e:${offset}`,
  data,
})
const greeting = JSON.stringify(connected)

describe('the greeting', () => {
  test('waits for the position that subscribed brings', () => {
    expect(told([connected])).toEqual([])
    expect(told([connected, subscribed, event(5)])).toEqual([
      ['event', 'steadystream.connected', 'e:4', greeting],
      ['event', 'message', 'e:5', '5'],
    ])
  })

  test('has the position where resuming was honoured', () => {
    expect(told([connected, { ...subscribed, recovered: true }])).toEqual([
      ['event', 'steadystream.connected', 'e:4', greeting],
    ])
  })

  test('has none where it was not, so that the gap places it', () => {
    const gap = { type: 'gap', channel: 'ch', kind: 'lost', from: 'd:1', to: 'e:4' }
    expect(told([connected, { ...subscribed, recovered: false }, gap])).toEqual([
      ['event', 'steadystream.connected', undefined, greeting],
      ['event', 'steadystream.gap', 'e:4', JSON.stringify(gap)],
    ])
  })

  test.each([
    ['an event', event(5), ['event', 'message', 'e:5', '5']],
    ['a gap', { type: 'gap', to: 'e:9' }, ['event', 'steadystream.gap', 'e:9', '{"type":"gap","to":"e:9"}']],
    [
      'the end',
      { type: 'complete', position: 'e:9' },
      ['event', 'steadystream.complete', 'e:9', '{"type":"complete","position":"e:9"}'],
    ],
    [
      'a close',
      { type: 'close', code: 3001 },
      ['event', 'steadystream.close', undefined, '{"type":"close","code":3001}'],
    ],
  ])('comes before %s of a server that leaves subscribed out', (_, envelope, call) => {
    expect(told([connected, envelope])).toEqual([['event', 'steadystream.connected', undefined, greeting], call])
  })

  test('is told once, however often it comes', () => {
    expect(told([connected, subscribed, connected, subscribed, event(5)])).toHaveLength(2)
  })
})

test('an array of envelopes is the same as each in a frame of its own', () => {
  const envelopes = [connected, subscribed, event(5), { type: 'heartbeat' }, event(6)]
  expect(told([envelopes])).toEqual(told(envelopes))
})

test('a heartbeat and a pong are comments', () => {
  expect(told([{ type: 'heartbeat' }, { type: 'pong' }])).toEqual([
    ['comment', 'heartbeat'],
    ['comment', 'heartbeat'],
  ])
})

describe('an error', () => {
  test.each([
    ['forbidden', 'SERVER_CLOSE'],
    ['unauthorized', 'UNAUTHORIZED'],
  ])('%s instead of subscribed ends the link as %s', (code, name) => {
    const error = { type: 'error', code, message: 'm'.repeat(999) }
    const message = `the server refused: ${JSON.stringify(error).slice(0, 200)}`
    expect(told([connected, error])).toEqual([['failed', name, message, false]])
  })

  test('after it is about a command, and ends nothing', () => {
    expect(told([connected, subscribed, { type: 'error', code: 'forbidden', message: 'no' }, event(5)])).toHaveLength(2)
  })
})

describe('of data', () => {
  test('that is too long, the position is told and the beginning', () => {
    expect(told([event(5, 'x'.repeat(500)), event(6, 'x'.repeat(98))], 100)).toEqual([
      ['oversized', 'message', 'e:5', `"${'x'.repeat(98)}`],
      ['event', 'message', 'e:6', `"${'x'.repeat(98)}"`],
    ])
  })

  test('that nests deeper than can be written, nothing is told, so that a gap will be, and of what is behind it all', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown
    expect(told([[event(5, deep), event(6, 1)]])).toEqual([['event', 'message', 'e:6', '1']])
  })

  test('anything of JSON is data', () => {
    const values = [null, false, 0, '', [], {}]
    expect(told(values.map((value) => event(1, value)))).toEqual(
      values.map((value) => ['event', 'message', 'e:1', JSON.stringify(value)]),
    )
  })
})

test.each<[string, unknown]>([
  ['null', null],
  ['a number', 1],
  ['a text', 'event'],
  ['an array in an array', [[event(5)]]],
  ['an object without a type', {}],
  ['a type of a later version', { type: 'later' }],
  ['a type that every object has', { type: 'constructor' }],
  ['an event without data', { type: 'event', position: 'e:1' }],
  ['an event without a position', { type: 'event', data: 1 }],
  ['an event whose position is none', { type: 'event', position: 'e:01', data: 1 }],
  ['an event whose position is an array', { type: 'event', position: ['e:1'], data: 1 }],
])('passes over %s', (_, frame) => {
  expect(told([frame])).toEqual([])
})

test('a gap and an end are told without a position where theirs is none', () => {
  expect(told([{ type: 'gap', to: 5 }, { type: 'complete' }])).toEqual([
    ['event', 'steadystream.gap', undefined, '{"type":"gap","to":5}'],
    ['event', 'steadystream.complete', undefined, '{"type":"complete"}'],
  ])
})

test('never throws, and tells no position that is none, whatever comes', () => {
  const type = fc.constantFrom('connected', 'subscribed', 'event', 'gap', 'complete', 'close', 'error', 'pong')
  const field = fc.oneof(fc.jsonValue(), fc.constantFrom('e:1', 'e:2', 'f:1', true, false))
  const envelope = fc.record(
    { type, position: field, to: field, data: field, code: field, message: field, reason: field, recovered: field },
    { requiredKeys: ['type'] },
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(envelope, fc.jsonValue(), fc.array(envelope))), (frames) => {
      for (const [name, , id] of told(frames) as [string, string, string | undefined][])
        if (name === 'event' && id !== undefined) expect(id).toMatch(/^[ef]:[12]$/)
    }),
  )
})
