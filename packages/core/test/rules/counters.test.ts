import { describe, expect, it } from 'vitest'

import { createManualClock } from '../../src/testing/index.ts'
import { openScripted } from '../support/open-scripted.ts'

import type { ManualClock } from '../../src/testing/index.ts'

/** Its timer of five seconds fires a moment before it is due, as those of runtimes may. */
function earlyClock(): ManualClock {
  const clock = createManualClock()
  return { ...clock, after: (ms, callback) => clock.after(ms === 5000 ? ms - 0.5 : ms, callback) }
}

const forever = { maxRetries: Infinity, jitter: 0 }

/** Lets the link that is open now last for `ms`, sends what `send` sends and ends it, then waits for the next dial. */
async function endLink(
  { server, clock, dials }: ReturnType<typeof openScripted>,
  lasts: number,
  send?: string,
): Promise<number> {
  const connection = server.connection(dials.length - 1)
  if (send !== undefined) connection.raw(send)
  await clock.advance(lasts)
  const endedAt = clock.now()
  connection.end()
  const before = dials.length
  while (dials.length === before) await clock.advance(100)
  return (dials[before] ?? 0) - endedAt
}

describe('attempt, which sets the delay', () => {
  it('starts anew after a link that had bytes and lasted five seconds', async () => {
    const opened = openScripted(forever)
    await opened.clock.advance(0)
    expect(await endLink(opened, 0)).toBe(1000)
    expect(await endLink(opened, 0)).toBe(2000)
    expect(await endLink(opened, 5000, ': hello\n\n')).toBe(1000)
    expect(await endLink(opened, 0)).toBe(1000)
    expect(await endLink(opened, 0)).toBe(2000)
  })

  it('starts anew where the timer of five seconds is early by a fraction', async () => {
    const opened = openScripted(forever, { clock: earlyClock() })
    await opened.clock.advance(0)
    expect(await endLink(opened, 0)).toBe(1000)
    expect(await endLink(opened, 5100, ': hello\n\n')).toBe(1000)
  })

  it('grows after a link that lasted less, or lasted without a byte', async () => {
    const opened = openScripted(forever)
    await opened.clock.advance(0)
    expect(await endLink(opened, 4900, ': hello\n\n')).toBe(1000)
    expect(await endLink(opened, 20_000)).toBe(2000)
    expect(await endLink(opened, 0)).toBe(4000)
  })

  it('stays as it is when the link moved the cursor', async () => {
    const opened = openScripted(forever)
    await opened.clock.advance(0)
    expect(await endLink(opened, 0)).toBe(1000)
    expect(await endLink(opened, 0, 'id: 1\ndata: 1\n\n')).toBe(2000)
    expect(await endLink(opened, 0, 'id: 2\ndata: 2\n\n')).toBe(2000)
    expect(await endLink(opened, 0, 'id: 3\n\n')).toBe(2000)
    expect(await endLink(opened, 0)).toBe(2000)
    expect(await endLink(opened, 0)).toBe(4000)
  })

  it('takes events without an ID for no progress before five seconds', async () => {
    const opened = openScripted(forever)
    await opened.clock.advance(0)
    expect(await endLink(opened, 0, 'data: 1\n\n')).toBe(1000)
    expect(await endLink(opened, 1000, 'data: 1\n\n')).toBe(2000)
    expect(await endLink(opened, 5000, 'data: 1\n\n')).toBe(1000)
  })

  it('takes a replay of what was had for no progress', async () => {
    const opened = openScripted(forever)
    await opened.clock.advance(0)
    const replayed = 'id: 1\ndata: 1\n\n'
    expect(await endLink(opened, 0, replayed)).toBe(1000)
    expect(await endLink(opened, 0, replayed)).toBe(1000)
    expect(await endLink(opened, 0, replayed)).toBe(2000)
    expect(opened.told('data')).toEqual(['1'])
  })

  it('keeps a quiet stream alive that a proxy cuts again and again', async () => {
    const opened = openScripted({ jitter: 0 })
    await opened.clock.advance(0)
    for (let cuts = 0; cuts < 60; cuts++) expect(await endLink(opened, 40_000, ': hello\n\n')).toBe(1000)
    expect(opened.stream.state).toBe('connected')
  })

  it('trap 24: does not forgive a flap at its opening, and names the flapping', async () => {
    const { server, clock, dials, log } = openScripted(forever)
    server.flap(5)
    await clock.advance(60_000)
    expect(dials).toEqual([0, 1000, 3000, 7000, 15_000, 31_000])
    expect(log.filter((line) => line.startsWith('retrying'))).toEqual([
      'retrying lost',
      'retrying lost',
      'retrying flapping',
      'retrying flapping',
      'retrying flapping',
    ])
  })
})

describe('failures, which maxRetries bounds', () => {
  it('gives up after maxRetries retries in a row that brought nothing', async () => {
    const { server, clock, stream, log, dials, errors } = openScripted()
    server.refuse(100)
    await clock.advance(600_000)
    expect(dials).toHaveLength(4)
    expect(log).toEqual([
      'connecting started',
      'error NETWORK retried',
      'retrying lost',
      'error NETWORK retried',
      'retrying lost',
      'error NETWORK retried',
      'retrying lost',
      'error NETWORK final',
      'error max-retries',
    ])
    expect(errors.map(({ cause }) => cause instanceof TypeError)).toEqual([true, true, true, true])
    expect(stream.state).toBe('error')
    // What is left looks out for the end of a sleep, after which there may be a network again.
    expect(clock.pending).toBe(1)
    stream.close()
    expect(clock.pending).toBe(0)
  })

  it('gives up at the first failure with maxRetries 0', async () => {
    const { server, clock, log, dials } = openScripted({ maxRetries: 0 })
    server.respond(500)
    await clock.advance(60_000)
    expect(dials).toEqual([0])
    expect(log).toEqual(['connecting started', 'error HTTP final', 'error max-retries'])
  })

  it('is forgiven by a delivered event, with or without an ID', async () => {
    const opened = openScripted({ maxRetries: 1, jitter: 0 })
    await opened.clock.advance(0)
    for (let n = 0; n < 5; n++) await endLink(opened, 0, n % 2 ? `id: ${n}\ndata: ${n}\n\n` : `data: ${n}\n\n`)
    expect(opened.stream.state).toBe('connected')
    opened.server.refuse(1)
    opened.server.connection(5).end()
    await opened.clock.advance(60_000)
    expect(opened.stream.state).toBe('error')
  })

  it('is forgiven by a healthy link, though it brought no event', async () => {
    const opened = openScripted({ maxRetries: 1, jitter: 0 })
    await opened.clock.advance(0)
    for (let n = 0; n < 5; n++) await endLink(opened, 6000, ':\n\n')
    expect(opened.stream.state).toBe('connected')
  })

  it('counts a link that opened and brought nothing', async () => {
    const { server, clock, stream, dials } = openScripted({ maxRetries: 2 })
    server.flap(10)
    await clock.advance(600_000)
    expect(dials).toHaveLength(3)
    expect(stream.state).toBe('error')
  })
})
