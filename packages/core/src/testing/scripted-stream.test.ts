import { describe, expect, test } from 'vitest'
import { createScriptedStream } from './scripted-stream.ts'

const url = 'https://example.test/events'

/** Reads a response to its end, as text; an error is the last piece. */
async function readAll(response: Response): Promise<string[]> {
  const pieces: string[] = []
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) pieces.push(part.value)
  } catch (error) {
    pieces.push(String(error))
  }
  return pieces
}

describe('a scripted stream', () => {
  test('records each request, the last event ID as text', async () => {
    const scripted = createScriptedStream()
    const bytes = String.fromCharCode(...new TextEncoder().encode('€1'))
    await scripted.fetch(url, { headers: { 'Last-Event-ID': bytes, 'X-Own': 'a' } })
    await scripted.fetch(new URL(url), { method: 'post', body: 'question' })

    expect(scripted.requests.map(({ headers, ...rest }) => ({ ...rest, own: headers.get('X-Own') }))).toEqual([
      { url, method: 'GET', lastEventId: '€1', body: undefined, own: 'a' },
      { url, method: 'POST', lastEventId: undefined, body: 'question', own: null },
    ])
  })

  test('sends events, comments and raw text as they are pushed', async () => {
    const scripted = createScriptedStream()
    const response = await scripted.fetch(url)
    const connection = scripted.connection(0)
    connection.push('plain\ntext')
    connection.push({ id: '7', event: 'tick', data: { at: 1 } })
    connection.push({ id: '8' })
    connection.push([1, 2])
    connection.comment('still here')
    connection.raw('data: half')
    connection.end()

    expect(response.headers.get('Content-Type')).toBe('text/event-stream')
    expect(await readAll(response)).toEqual([
      'data: plain\ndata: text\n\n',
      'id: 7\nevent: tick\ndata: {"at":1}\n\n',
      'id: 8\n\n',
      'data: [1,2]\n\n',
      ': still here\n\n',
      'data: half',
    ])
  })

  test('speaks the control messages', async () => {
    const scripted = createScriptedStream()
    const response = await scripted.fetch(url)
    const connection = scripted.connection(0)
    connection.connected({ id: 'e:3', heartbeatInterval: 50 })
    connection.gap('e:3', 'e:5')
    connection.complete()

    expect(await readAll(response)).toEqual([
      'id: e:3\nevent: steadystream.connected\ndata: {"clientId":"sse_scripted","heartbeatInterval":50}\n\n',
      'id: e:5\nevent: steadystream.gap\ndata: {"kind":"lost","from":"e:3","to":"e:5"}\n\n',
      'event: steadystream.complete\ndata: {}\n\n',
    ])
  })

  test('pulls the cable behind what was sent, in the middle of an event if asked to', async () => {
    const scripted = createScriptedStream()
    const [first, second] = [await scripted.fetch(url), await scripted.fetch(url)]
    scripted.connection(0).push('whole')
    scripted.connection(0).drop()
    scripted.connection(1).dropMidEvent({ data: 'abcdef' })

    expect(await readAll(first)).toEqual(['data: whole\n\n', 'TypeError: terminated'])
    expect(await readAll(second)).toEqual(['data: a', 'TypeError: terminated'])
  })

  test('follows its plan, then accepts again', async () => {
    const scripted = createScriptedStream()
    scripted.respond(503, { headers: { 'Retry-After': '2' }, body: 'busy', times: 2 })
    scripted.respond(204)
    scripted.refuse()
    scripted.flap(1)
    const outcomes: unknown[] = []
    for (let n = 0; n < 6; n++) {
      const response = await scripted.fetch(url).catch(String)
      if (typeof response === 'string') outcomes.push(response)
      else if (n === 5) outcomes.push('open')
      else outcomes.push([response.status, response.headers.get('Retry-After'), await response.text()])
    }

    expect(outcomes).toEqual([
      [503, '2', 'busy'],
      [503, '2', 'busy'],
      [204, null, ''],
      'TypeError: fetch failed',
      [200, null, ''],
      'open',
    ])
    expect([scripted.requests.length, scripted.openConnections]).toEqual([6, 1])
    expect(() => scripted.connection(1)).toThrow('there is no connection 1: 1 accepted so far')
  })

  test('is half-open once it has gone silent: neither events nor an end arrive', async () => {
    const scripted = createScriptedStream()
    const abort = new AbortController()
    const response = await scripted.fetch(url, { signal: abort.signal })
    const connection = scripted.connection(0)
    connection.push('heard')
    connection.goSilent()
    connection.push('unheard')
    connection.end()
    expect([connection.isOpen, connection.unread]).toEqual([true, 1])

    const pieces = readAll(response)
    await expect.poll(() => connection.unread).toBe(0)
    abort.abort(new Error('given up'))
    expect(await pieces).toEqual(['data: heard\n\n', 'Error: given up'])
    await connection.closed
    expect(connection.isOpen).toBe(false)
  })

  test('ignores a request until its client gives up', async () => {
    const scripted = createScriptedStream()
    scripted.ignore()
    const abort = new AbortController()
    const response = scripted.fetch(url, { signal: abort.signal })
    abort.abort(new Error('timed out'))

    await expect(response).rejects.toThrow('timed out')
    await expect(scripted.fetch(url, { signal: abort.signal })).rejects.toThrow('timed out')
    expect(scripted.requests).toHaveLength(1)
  })

  test('hands out connections in order, also to those who wait', async () => {
    const scripted = createScriptedStream()
    const waited = scripted.nextConnection()
    await scripted.fetch(`${url}?n=1`)
    await scripted.fetch(`${url}?n=2`)
    const handedOut = [await waited, await scripted.nextConnection()]

    expect(handedOut.map(({ request }) => request.url)).toEqual([`${url}?n=1`, `${url}?n=2`])
    expect(handedOut[1]).toBe(scripted.connection(1))
  })

  test('notices that the client has cancelled', async () => {
    const scripted = createScriptedStream()
    const response = await scripted.fetch(url)
    const connection = scripted.connection(0)
    await response.body?.cancel()
    await connection.closed
    connection.push('too late')

    expect([connection.isOpen, connection.unread, scripted.openConnections]).toEqual([false, 0, 0])
  })

  test('refuses an event whose own fields were not put into data', async () => {
    const scripted = createScriptedStream()
    await scripted.fetch(url)
    const progress = { data: 1, progress: 0.5 }
    expect(() => scripted.connection(0).push(progress)).toThrow("put an event's own fields into data")
  })
})
