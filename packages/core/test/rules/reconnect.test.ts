import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

const asked = ({ server }: ReturnType<typeof openScripted>) => server.requests.map(({ lastEventId }) => lastEventId)

describe('reconnect', () => {
  it('trap 22: replaces the link, so that there is never a second one', async () => {
    const opened = openScripted()
    await opened.clock.advance(0)
    opened.server.connection(0).push({ id: '1', data: 1 })
    await opened.clock.advance(0)
    opened.stream.reconnect()
    opened.stream.reconnect()
    await opened.clock.advance(0)
    expect(opened.server.openConnections).toBe(1)
    expect(opened.server.connection(0).isOpen).toBe(false)
    expect(asked(opened).at(-1)).toBe('1')
    expect(opened.log.slice(3)).toEqual(['retrying reconnect', 'connected opened'])
    await opened.clock.advance(60_000)
    expect(opened.server.openConnections).toBe(1)
  })

  it('trap 22: during a wait dials now, and not again when the wait would have been over', async () => {
    const { stream, server, dials, clock } = openScripted()
    server.refuse(1)
    await clock.advance(500)
    stream.reconnect()
    await clock.advance(60_000)
    expect(dials).toEqual([0, 500])
    expect(server.openConnections).toBe(1)
  })

  it('trap 22: ignores what the replaced link still tells', async () => {
    const { stream, server, clock, told } = openScripted()
    await clock.advance(0)
    server.connection(0).push(1)
    stream.reconnect()
    server.connection(0).push(2)
    server.connection(0).drop()
    await clock.advance(0)
    expect(told('data')).toEqual([])
    expect(told('error')).toEqual([])
    expect(stream.state).toBe('connected')
  })

  it('while connecting drops the attempt in flight', async () => {
    const { stream, server, dials, clock, inits } = openScripted()
    server.ignore(1)
    await clock.advance(100)
    stream.reconnect()
    await clock.advance(0)
    expect(dials).toEqual([0, 100])
    expect(inits.map(({ signal }) => signal?.aborted)).toEqual([true, false])
    expect(stream.state).toBe('connected')
  })

  it('starts a stream that is not running', async () => {
    const { stream, server, dials, clock } = openScripted({ autoStart: false, maxRetries: 0 })
    server.refuse(1)
    stream.reconnect()
    await clock.advance(0)
    expect(stream.state).toBe('error')
    stream.reconnect()
    await clock.advance(0)
    expect(stream.state).toBe('connected')
    stream.close()
    stream.reconnect()
    await clock.advance(0)
    expect(stream.state).toBe('connected')
    expect(dials).toHaveLength(3)
  })
})
