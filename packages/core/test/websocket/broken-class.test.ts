import { describe, expect, test, vi } from 'vitest'

import { webSocket } from '../../src/transports/websocket.ts'
import { connect, timers, turns } from './count-leftovers.ts'
import { recordLink } from './record-link.ts'
import { scriptSockets } from './scripted-socket.ts'

import type { WebSocketConstructor } from '../../src/transports/websocket-attempt.ts'

describe('a class that throws', () => {
  test('is told once, and no timer stays', async () => {
    const before = timers()
    const { WebSocket: Scripted } = scriptSockets(() => {
      throw new DOMException('an insecure one from a secure page', 'SecurityError')
    })
    const { told, errors, abort } = connect('ws://stream.test', { WebSocket: Scripted })
    await vi.waitFor(() => expect(told).toEqual(['failed REQUEST final']))
    expect(errors[0]?.message).toBe('no WebSocket: SecurityError: an insecure one from a secure page')
    abort()
    await turns()
    expect(told).toHaveLength(1)
    expect(timers()).toBeLessThanOrEqual(before)
  })
})

test('a class that throws when it is closed is let go all the same', async () => {
  const recorded = recordLink()
  class Broken extends EventTarget {
    readyState = 0
    close() {
      throw new Error('not now')
    }
  }
  // Its listeners are those of an EventTarget.
  const options = { WebSocket: Broken as unknown as WebSocketConstructor }
  webSocket('ws://stream.test', options)({}).connect(recorded.link)
  await turns()
  // An error of a listener would be an uncaught one.
  recorded.abort()
  await turns()
  expect([recorded.told, recorded.clock.pending]).toEqual([[], 0])
})

describe('an error whose close does not come', () => {
  async function failing() {
    const sockets = scriptSockets()
    const recorded = connect('ws://stream.test', { WebSocket: sockets.WebSocket })
    await vi.waitFor(() => expect(sockets.made).toHaveLength(1))
    const [socket] = sockets.made
    await turns()
    socket?.tell('error', { error: new Error('refused') })
    return { ...recorded, socket }
  }

  test('is told after 200 ms, and not before', async () => {
    const { told, errors, clock, socket } = await failing()
    // Node's own class tells this of the library closing it.
    socket?.tell('error', { error: new Error('closed before it was established') })
    await clock.advance(199)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toEqual(['failed NETWORK retried'])
    expect(errors[0]?.message).toBe('WebSocket closed: 1006 refused')
    socket?.tell('close', { code: 1006, reason: '' })
    expect(told).toHaveLength(1)
  })

  test('is told as the close that comes within them', async () => {
    const { told, clock, socket } = await failing()
    await clock.advance(199)
    socket?.tell('close', { code: 3500, reason: 'no' })
    expect(told).toEqual(['failed SERVER_CLOSE final'])
    expect(clock.pending).toBe(0)
  })

  test('is told no more after the abort, and its timer is gone', async () => {
    const { told, clock, abort, socket } = await failing()
    abort()
    expect([told, clock.pending, socket?.wasClosed]).toEqual([[], 0, true])
    socket?.tell('error')
    socket?.tell('close', { code: 1006, reason: '' })
    expect([told, clock.pending]).toEqual([[], 0])
  })
})
