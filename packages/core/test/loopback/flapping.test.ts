import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

import type { ScriptedConnection } from '../../src/testing/index.ts'

/** When a stream dials in 60 virtual seconds, if the server accepts, greets and closes at once. */
async function dialsOf(greet: (connection: ScriptedConnection) => void): Promise<number[]> {
  // The clock's randomness is 0.5.
  const { server, clock, dials } = openScripted({ retryDelay: 1000, maxRetries: Infinity })
  void (async () => {
    for (;;) {
      const connection = await server.nextConnection()
      greet(connection)
      connection.end()
    }
  })()
  await clock.advance(60_000)
  return dials
}

const doubling = [0, 1500, 4500, 10_500, 22_500, 45_000]

describe('a server that accepts and closes at once sees at most 8 connects in 60 seconds', () => {
  it('where it says nothing', async () => {
    expect(await dialsOf(() => {})).toEqual(doubling)
  })

  it('where it greets with a comment', async () => {
    expect(await dialsOf((connection) => connection.comment('hello'))).toEqual(doubling)
  })

  it('where it greets with an event that has no ID', async () => {
    expect(await dialsOf((connection) => connection.push('"hello"'))).toEqual(doubling)
  })

  it('where it sends retry: 0', async () => {
    const dials = await dialsOf((connection) => connection.raw('retry: 0\n\n'))
    expect(dials).toEqual([0, 300, 900, 2100, 4500, 9300, 18_900, 38_100])
    expect(dials.length).toBeLessThanOrEqual(8)
  })

  it('where it greets with the connected event and the same position each time', async () => {
    const dials = await dialsOf((connection) => connection.connected({ id: 'a:7' }))
    // The first one is news; the others are not.
    expect(dials.length).toBeLessThanOrEqual(8)
  })
})
