import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { polling } from '../../src/transports/polling.ts'
import { recordLink } from './recording-link.ts'
import { answer, event, scriptFetch } from './scripted-fetch.ts'

import type { PollingOptions, ParsedPollingOptions } from '../../src/transports/polling.ts'
import type { RecordingLink } from './recording-link.ts'
import type { ScriptedFetch } from './scripted-fetch.ts'

const never = () => new Promise<never>(() => {})

interface Point {
  readonly options?: PollingOptions | ParsedPollingOptions
  readonly url?: () => Promise<string>
  /** Brings a transport to where it waits. */
  readonly reach: (link: RecordingLink, script: ScriptedFetch) => Promise<void> | void
  /** Lets what it waited for come after all. */
  readonly late?: (link: RecordingLink, script: ScriptedFetch) => void
}

const parsed: ParsedPollingOptions = { parse: (body) => (body as number[]).map((data) => ({ id: data, data })) }

/** A body that neither ends nor heeds a signal, as a mocked one may be. */
function stuckBody(first = '') {
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(first)),
    cancel() {
      isCancelled = true
      return never()
    },
  })
  return { response: new Response(body), isCancelled: () => isCancelled }
}

let stuck = stuckBody()
beforeEach(() => void (stuck = stuckBody('{"events":')))

/** Every `await` of the transport, for the first request and for a later one. */
const points: Record<string, Point> = {
  'while it waits for room before its first request': { reach: (link) => link.hold(), late: (link) => link.release() },
  'while its url function is asked': { url: never, reach: () => {} },
  'while its headers function is asked': { options: { headers: never }, reach: () => {} },
  'while its first request is in flight': { reach: () => {} },
  'while its first request is in flight, with a fetch that heeds no signal': {
    options: { fetch: never },
    reach: () => {},
  },
  'while its first answer is read': { reach: (_, { current }) => current().respond(stuck.response) },
  'while its first answer is read at once, without a stream': {
    reach: (_, { current }) =>
      current().respond(Object.defineProperties(new Response(), { body: { value: null }, text: { value: never } })),
  },
  'between the events of an answer': {
    reach(link, { current }) {
      link.hold()
      current().json(answer('e:2', event('e:1', 1), event('e:2', 2)))
    },
    late: (link) => link.release(),
  },
  'between the items of an answer': {
    options: parsed,
    reach(link, { current }) {
      link.hold()
      current().json([1, 2])
    },
    late: (link) => link.release(),
  },
  'in the pause after an answer': {
    reach: async (link, { current }) => {
      current().json(answer('e:1'))
      await link.clock.advance(100)
      current().json(answer('e:1'))
    },
  },
  'in a long pause, after a sign of life': {
    options: { ...parsed, interval: 100_000 },
    reach: async (link, { current }) => {
      current().json([])
      await link.clock.advance(30_000)
    },
  },
  'while it waits for room before a later request': {
    reach: async (link, { current }) => {
      current().json(answer('e:1'))
      await link.clock.advance(50)
      link.hold()
      await link.clock.advance(1000)
    },
    late: (link) => link.release(),
  },
  'while a later request is held by the server': {
    reach: async (link, { current }) => {
      current().json(answer('e:1'))
      await link.clock.advance(1000)
    },
  },
  'while a later answer is read': {
    reach: async (link, { current }) => {
      current().json(answer('e:1'))
      await link.clock.advance(100)
      current().respond(stuck.response)
    },
  },
}

const rejections: unknown[] = []
const noteRejection = (reason: unknown) => void rejections.push(reason)
beforeEach(() => {
  rejections.length = 0
  process.on('unhandledRejection', noteRejection)
})
afterEach(() => {
  process.off('unhandledRejection', noteRejection)
})

describe('given up', () => {
  test.each(Object.entries(points))('%s, it leaves nothing and tells nothing', async (name, point) => {
    const script = scriptFetch()
    const link = recordLink({ lastEventId: 'e:0' })
    const transport = polling(point.url ?? 'http://poll.test/', { fetch: script.fetch, ...point.options })({})
    if (name.includes('before its first')) await point.reach(link, script)
    transport.connect(link)
    await link.clock.advance(0)
    if (!name.includes('before its first')) await point.reach(link, script)
    await link.clock.advance(0)
    const toldBefore = [...link.told]
    const askedBefore = script.asked.length

    link.abort()
    point.late?.(link, script)
    await link.clock.advance(0)
    expect(link.clock.pending).toBe(0)
    await link.clock.advance(600_000)

    expect(link.told).toEqual(toldBefore)
    expect(script.asked).toHaveLength(askedBefore)
    expect(script.asked.map(({ init, isAnswered }) => isAnswered() || init.signal?.aborted)).not.toContain(false)
    expect(rejections).toEqual([])
    if (name.includes('is read') && !name.includes('without')) expect(stuck.isCancelled()).toBe(true)
  })

  test('before it is dialled, it asks for nothing', async () => {
    const script = scriptFetch()
    const link = recordLink()
    link.abort()
    polling('http://poll.test/', { fetch: script.fetch })({}).connect(link)
    await link.clock.advance(600_000)
    expect([script.asked.length, link.clock.pending, link.told]).toEqual([0, 0, []])
  })

  test('by its own url function, it sends no request', async () => {
    const script = scriptFetch()
    const link = recordLink()
    const url = () => {
      link.abort()
      return 'http://poll.test/'
    }
    polling(url, { fetch: script.fetch })({}).connect(link)
    await link.clock.advance(600_000)
    expect([script.asked.length, link.clock.pending, link.told]).toEqual([0, 0, []])
  })

  test.each(Array.from({ length: 20 }, (_, n) => n))(
    '%i microtasks after its answer, it lets go of the body',
    async (n) => {
      const script = scriptFetch()
      const link = recordLink()
      polling('http://poll.test/', { fetch: script.fetch })({}).connect(link)
      await link.clock.advance(0)
      script.current().respond(stuck.response)
      for (let turn = 0; turn < n; turn++) await Promise.resolve()
      link.abort()
      await link.clock.advance(0)
      expect([stuck.isCancelled(), link.told, rejections]).toEqual([true, [], []])
    },
  )

  test('with a fetch that heeds no signal, it lets go of the answer that comes late', async () => {
    const link = recordLink()
    let respond: (response: Response) => void = () => {}
    const fetch = () => new Promise<Response>((resolve) => (respond = resolve))
    polling('http://poll.test/', { fetch })({}).connect(link)
    await link.clock.advance(0)
    link.abort()
    respond(stuck.response)
    await link.clock.advance(0)
    expect([stuck.isCancelled(), link.told, rejections]).toEqual([true, [], []])
  })

  test('between two of many events, it tells no more of them', async () => {
    const script = scriptFetch()
    const link = recordLink({ lastEventId: 'e:0' })
    const ids: unknown[] = []
    const own = {
      ...link,
      event({ id }: Parameters<typeof link.event>[0]) {
        ids.push(id)
        if (id === 'e:1') link.abort()
      },
    }
    polling('http://poll.test/', { fetch: script.fetch })({}).connect(own)
    await link.clock.advance(0)
    script.current().json(answer('e:2', event('e:1', 1), event('e:2', 2)))
    await link.clock.advance(600_000)
    expect([ids, link.clock.pending]).toEqual([['e:0', 'e:1'], 0])
  })
})
