import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

describe('signal', () => {
  it('trap 23: aborted before creation, means that the stream never connects', async () => {
    const { stream, dials, clock, log, manager } = openScripted({ signal: AbortSignal.abort() })
    await clock.advance(60_000)
    stream.start()
    stream.reconnect()
    await clock.advance(60_000)
    expect([dials, log, stream.state]).toEqual([[], [], 'disconnected'])
    expect(manager.getActiveConnections()).toEqual([])
  })

  it('trap 23: aborted during a wait, ends it at once', async () => {
    const controller = new AbortController()
    const { server, dials, clock, log } = openScripted({ signal: controller.signal })
    server.refuse(5)
    await clock.advance(100)
    controller.abort()
    expect(clock.pending).toBe(0)
    expect(log.at(-1)).toBe('disconnected closed')
    await clock.advance(600_000)
    expect(dials).toEqual([0])
  })

  it('closes an open stream without lingering', async () => {
    const controller = new AbortController()
    const { server, clock, manager } = openScripted({ signal: controller.signal, pool: true })
    await clock.advance(0)
    controller.abort()
    expect(manager.getActiveConnections()).toEqual([])
    await clock.advance(0)
    expect(server.openConnections).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('aborted between creation and start, means that the stream never connects', async () => {
    const controller = new AbortController()
    const { dials, clock } = openScripted({ signal: controller.signal })
    controller.abort()
    await clock.advance(60_000)
    expect(dials).toEqual([])
  })
})
