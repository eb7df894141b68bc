import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'

import { systemClock } from '../../src/env.ts'
import { polling, sse, webSocket } from '../../src/index.ts'
import { openOn } from '../contract/open-on.ts'
import { serveReal } from '../contract/real-server.ts'
import { closeEverywhere } from './close-everywhere.ts'

import type { ContractServer } from '../contract/contract-server.ts'
import type { Life } from './close-everywhere.ts'

const rejections: unknown[] = []
const note = (reason: unknown) => void rejections.push(reason)
beforeEach(() => {
  rejections.length = 0
  process.on('unhandledRejection', note)
})
afterEach(() => void process.off('unhandledRejection', note))

/** So that the pauses between two polls do not take long. */
const hastyClock = { ...systemClock, after: (ms: number, act: () => void) => systemClock.after(ms / 20, act) }

/** A stream that is cut, comes back, and gets what it has missed. */
function beginLife(server: ContractServer): Life {
  const { stream, told, delivered, states } = openOn(server, { clock: hastyClock })
  let toldAtEnd = 0
  let statesAtEnd = 0
  return {
    async live(isClosed) {
      const until = (check: () => void) => server.until(() => isClosed() || check())
      await until(() => expect(stream.lastEventId).not.toBe(''))
      await server.publish(1)
      await until(() => expect(delivered()).toEqual([1]))
      // Between two polls there would be nothing to cut.
      await until(() => expect(server.open).toBe(1))
      server.cut()
      await until(() => expect(states).toContain('retrying lost'))
      await server.publish(2)
      await until(() => expect(delivered()).toEqual([1, 2]))
    },
    close() {
      stream.close()
      toldAtEnd = told.length
      statesAtEnd = states.length
    },
    async check() {
      await server.until(() => expect(server.open).toBe(0))
      await server.publish('nobody hears this')
      expect([stream.state, told.slice(toldAtEnd), states.slice(statesAtEnd)]).toEqual(['disconnected', [], []])
    },
  }
}

test.each([
  ['server-sent events', serveReal('/events', (url) => sse(url, { headers: async () => ({}) }))],
  [
    'a WebSocket',
    serveReal('/feed', (url) => webSocket(url, { WebSocket, protocols: async () => ['steadystream.v1'] })),
  ],
  ['polling', serveReal('/poll', (url) => polling(url, { headers: async () => ({}) }))],
])('close() gives back every socket of %s, wherever it comes', { timeout: 60_000 }, async (_, serve) => {
  const server = await serve()
  const places = await closeEverywhere(() => beginLife(server))
  expect(places.size).toBeGreaterThan(5)
  await new Promise(setImmediate)
  expect(rejections).toEqual([])
})
