import { describe, expect, it } from 'vitest'

import { createEnhancedSSEStream, createStreamManager } from '../../src/index.ts'
import { createManualClock, createScriptedStream } from '../../src/testing/index.ts'
import { openScripted, streamUrl } from '../support/open-scripted.ts'
import { recordReports } from '../support/record-reports.ts'

describe('data', () => {
  it('is JSON by default', async () => {
    const { server, clock, told } = openScripted()
    await clock.advance(0)
    server.connection(0).raw('data: {"a":\ndata: [1, null]}\n\ndata: "x"\n\n')
    await clock.advance(0)
    expect(told('data')).toEqual(['{"a":[1,null]}', 'x'])
  })

  it('is the text itself with parse text', async () => {
    const { server, clock, told } = openScripted({ parse: 'text' })
    await clock.advance(0)
    server.connection(0).raw('data: {"a":\ndata: 1}\n\n')
    await clock.advance(0)
    expect(told('data')).toEqual(['{"a":\n1}'])
  })

  it('is what a function makes of the text and of what came with it', async () => {
    const { server, clock, told } = openScripted({
      parse: (text, { type, id, data }) => [text, type, id, data === text],
    })
    await clock.advance(0)
    server.connection(0).push({ id: '7', event: 'price', data: 'x' })
    await clock.advance(0)
    expect(told('data')).toEqual(['["x","price","7",true]'])
  })

  it('comes with the type and the ID, which sticks', async () => {
    const metas: unknown[] = []
    const { server, clock } = openScripted({}, { handlers: { onData: (_, meta) => void metas.push(meta) } })
    await clock.advance(0)
    server.connection(0).raw('data: 1\n\nid: 7\ndata: 2\n\nevent: price\ndata: 3\n\nid\ndata: 4\n\n')
    await clock.advance(0)
    expect(metas).toEqual([
      { type: 'message', id: '' },
      { type: 'message', id: '7' },
      { type: 'price', id: '7' },
      { type: 'message', id: '' },
    ])
  })
})

describe('an invalid event', () => {
  it('goes to onInvalid, is skipped and committed, and the stream lives on', async () => {
    const { server, clock, log, stream } = openScripted()
    await clock.advance(0)
    server.connection(0).raw('id: 1\ndata: {\n\nid: 2\ndata: 2\n\nid: 3\ndata: <html>\n\n')
    await clock.advance(0)
    expect(log.slice(2)).toEqual(['invalid PARSE 1', 'data 2', 'invalid PARSE 3'])
    expect(stream.lastEventId).toBe('3')
    expect(server.requests).toHaveLength(1)
  })

  it('is told with its cause, its event, and that the stream goes on', async () => {
    const told: unknown[] = []
    const { server, clock } = openScripted(
      {
        parse: () => {
          throw new Error('mine')
        },
      },
      {
        handlers: {
          onInvalid: ({ code, cause, willRetry }, event) => void told.push({ code, cause, willRetry, event }),
        },
      },
    )
    await clock.advance(0)
    server.connection(0).push({ id: '1', event: 'price', data: 'x' })
    await clock.advance(0)
    expect(told).toEqual([
      { code: 'PARSE', cause: new Error('mine'), willRetry: true, event: { id: '1', type: 'price', data: 'x' } },
    ])
  })

  it('goes to onError where there is no onInvalid, and is reported where there is neither', async () => {
    const reports = recordReports()
    const codes: string[] = []
    for (const handlers of [
      { onData: () => {}, onError: ({ code }: { code: string }) => void codes.push(code) },
      { onData: () => {} },
    ]) {
      const server = createScriptedStream()
      const clock = createManualClock()
      const manager = createStreamManager()
      createEnhancedSSEStream(streamUrl, handlers, { clock, fetch: server.fetch, manager })
      await clock.advance(0)
      server.connection(0).push({ data: '{' })
      await clock.advance(0)
      manager.cleanupAll()
    }
    expect(codes).toEqual(['PARSE'])
    expect(reports).toMatchObject([{ code: 'PARSE' }])
  })

  it('is one over maxEventSize, of which the next is delivered', async () => {
    const { server, clock, log, stream } = openScripted({ maxEventSize: 100, parse: 'text' })
    await clock.advance(0)
    server.connection(0).push({ id: '1', data: 'x'.repeat(101) })
    server.connection(0).push({ id: '2', data: 'y'.repeat(10) })
    await clock.advance(0)
    expect(log.slice(2)).toEqual(['invalid EVENT_TOO_LARGE 1', `data ${'y'.repeat(10)}`])
    expect(stream.lastEventId).toBe('2')
  })
})
