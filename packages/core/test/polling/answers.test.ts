import { describe, expect, onTestFinished, test } from 'vitest'

import { polling } from '../../src/transports/polling.ts'
import { recordLink } from './recording-link.ts'
import { answer, event, scriptFetch } from './scripted-fetch.ts'

import type { PollingOptions, ParsedPollingOptions } from '../../src/transports/polling.ts'

const parsed: ParsedPollingOptions = { parse: () => [] }
const manners: readonly (readonly [string, PollingOptions | ParsedPollingOptions])[] = [
  ['our endpoint', {}],
  ['any endpoint', parsed],
]

function dial(options: PollingOptions | ParsedPollingOptions = {}) {
  const script = scriptFetch()
  const link = recordLink()
  onTestFinished(() => link.abort())
  polling('http://poll.test/', { ...options, fetch: script.fetch })({}).connect(link)
  return { ...script, link, clock: link.clock }
}

/** What one response brings about, and whether its body was let go. */
async function outcome(response: Response, options: PollingOptions | ParsedPollingOptions = {}) {
  const { link, clock, current, asked } = dial(options)
  await clock.advance(0)
  current().respond(response)
  await clock.advance(0)
  await clock.advance(500)
  return { told: link.told, errors: link.errors, requests: asked.length, pending: clock.pending }
}

function endless(text: string, type: string): { readonly response: Response; readonly isCancelled: () => boolean } {
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    cancel: () => void (isCancelled = true),
  })
  return { response: new Response(body, { headers: { 'Content-Type': type } }), isCancelled: () => isCancelled }
}

describe.each(manners)('%s', (_, options) => {
  test.each([400, 403, 404, 405, 410, 418, 426])('a %i is final', async (status) => {
    const { told, requests, pending } = await outcome(new Response('no', { status }), options)
    expect([told, requests, pending]).toEqual([[`failed HTTP ${status} false`], 1, 0])
  })

  test.each([408, 425, 429, 500, 502, 503, 599])('a %i may be tried again', async (status) => {
    expect((await outcome(new Response('no', { status }), options)).told).toEqual([`failed HTTP ${status} true`])
  })

  test('a 401 is named', async () => {
    const { told } = await outcome(new Response('no', { status: 401 }), options)
    expect(told).toEqual(['failed UNAUTHORIZED 401 false'])
  })

  test('Retry-After is told', async () => {
    const response = new Response('no', { status: 503, headers: { 'Retry-After': '7' } })
    expect((await outcome(response, options)).errors.map(({ retryAfterMs }) => retryAfterMs)).toEqual([7000])
  })

  test('a 204 completes', async () => {
    const { told, pending } = await outcome(new Response(null, { status: 204 }), options)
    expect([told, pending]).toEqual([['completed'], 0])
  })

  test('a request that fails is a lost link', async () => {
    const { link, clock, current } = dial(options)
    await clock.advance(0)
    current().fail(new TypeError('fetch failed'))
    await clock.advance(0)
    expect(link.told).toEqual(['failed NETWORK true'])
  })

  test.each([
    ['a page', '<!doctype html>', 'text/html'],
    ['half an answer', '{"events":[', 'application/json'],
    ['nothing', '', 'application/json'],
  ])('%s instead of JSON is told as CONTENT_TYPE', async (_name, text, type) => {
    const { told, errors } = await outcome(new Response(text, { headers: { 'Content-Type': type } }), options)
    expect(told).toEqual(['failed CONTENT_TYPE 200 false'])
    expect(errors[0]?.message).toContain(type)
  })

  test('trap 36: an event stream, which never ends, is let go at once', async () => {
    const { response, isCancelled } = endless(': hello\n\n', 'text/event-stream; charset=utf-8')
    const { told } = await outcome(response, options)
    expect([told, isCancelled()]).toEqual([['failed CONTENT_TYPE 200 false'], true])
  })

  test('trap 36: a refusal is let go with its body unread', async () => {
    let isCancelled = false
    const body = new ReadableStream({ cancel: () => void (isCancelled = true) })
    await outcome(new Response(body, { status: 500 }), options)
    expect(isCancelled).toBe(true)
  })

  test('an answer without end is given up at 64 MiB', async () => {
    const { response, isCancelled } = endless(' '.repeat(2 ** 20), 'application/json')
    const { link, clock, current } = dial(options)
    await clock.advance(0)
    current().respond(response)
    for (let turn = 0; turn < 100 && !link.told.length; turn++) await clock.advance(0)
    expect([link.told, isCancelled()]).toEqual([['failed CONTENT_TYPE 200 false'], true])
    expect(link.errors[0]?.message).toContain('64 MiB')
  })

  test('a body that breaks off is a lost link', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"events":['))
        controller.error(new TypeError('terminated'))
      },
    })
    expect((await outcome(new Response(body), options)).told).toEqual(['failed NETWORK true'])
  })
})

describe('an answer of our endpoint', () => {
  test.each([
    ['null', null],
    ['a number', 1],
    ['an array', []],
    ['an object', {}],
    ['without events', { positions: { job: 'e:1' } }],
    ['with events that are no array', { events: {}, positions: { job: 'e:1' } }],
    ['without positions', { events: [] }],
    ['with null for positions', { events: [], positions: null }],
    ['without a position', { events: [], positions: {} }],
    ['with a position of another kind', { events: [], positions: { job: 1 } }],
    ['with a malformed position', { events: [], positions: { job: 'e' } }],
    ['with an endless position', { events: [], positions: { job: `${'e'.repeat(10_000)}:1` } }],
  ])('that is %s is told as CONTENT_TYPE, with the cure', async (_, body) => {
    const { told, errors } = await outcome(Response.json(body))
    expect(told).toEqual(['failed CONTENT_TYPE 200 false'])
    expect(errors[0]?.message).toContain('pass parse')
  })

  test('may hold anything among its events: what is none is passed over', async () => {
    const junk = [
      null, 1, 'event', [], [[[]]], {}, { type: 'event' }, { type: 'event', position: 'e:1' }, { type: 'event', position: 5, data: 1 },
      { type: 'constructor' }, { type: '__proto__' }, { type: { toString: 1 } }, { type: 'subscribed', position: 'e:99' }, { type: 'connected' },
    ] // prettier-ignore
    const { told } = await outcome(Response.json(answer('e:2', ...junk, event('e:1', 'a'))))
    expect(told.filter((line) => !/^bytes|connected/.test(line))).toEqual(['opened', 'event message e:1 "a"'])
  })

  test('may hold what is nested deeper than JSON can be written: it is passed over, as a hole in the positions', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const text = `{"events":[{"type":"event","position":"e:1","data":${deep}},{"type":"event","position":"e:2","data":2}],"positions":{"job":"e:2"}}`
    const { told } = await outcome(new Response(text))
    expect(told.filter((line) => !/^bytes|connected/.test(line))).toEqual(['opened', 'event message e:2 2'])
  })

  test('pollutes no prototype', async () => {
    const text = '{"__proto__":{"polluted":1},"events":[{"__proto__":{"polluted":1}}],"positions":{"__proto__":"e:1"}}'
    await outcome(new Response(text))
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('is read as UTF-8, in pieces, with a byte order mark', async () => {
    const bytes = new TextEncoder().encode(`\uFEFF${JSON.stringify(answer('e:1', event('e:1', 'é🎬')))}`)
    const body = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    const { link, clock, current } = dial()
    await clock.advance(0)
    current().respond(new Response(body))
    for (let turn = 0; turn < 100 && !link.told.length; turn++) await clock.advance(0)
    expect(link.facts().at(-1)).toBe('event message e:1 "é🎬"')
    expect(link.told.at(-1)).toBe(`bytes ${bytes.length}`)
  })

  test.each([undefined, null, {}])('trap 53: needs no body that streams: %o', async (value) => {
    const response = Response.json(answer('e:1', event('e:1', 'a')))
    const bodiless = Object.defineProperty(response, 'body', { value })
    expect((await outcome(bodiless)).told.slice(2, 4)).toEqual(['event message e:1 "a"', 'bytes 0'])
  })
})
