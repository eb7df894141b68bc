import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

const block = (...numbers: number[]) => numbers.map((n) => `id: ${n}\ndata: ${n}\n\n`).join('')

describe('a full buffer that ends the link', () => {
  it('resumes, even if it was emptied before the link had ended', async () => {
    const { server, clock, log } = openScripted({ overflow: 'close-and-resume', maxBufferedEvents: 2 })
    await clock.advance(0)
    server.connection(0).raw(block(1, 2, 3))
    await clock.advance(0)
    server.connection(1).raw(block(3))
    await clock.advance(0)
    expect(log).toEqual([
      'connecting started',
      'connected opened',
      'data 1',
      'data 2',
      'retrying full',
      'retrying resumed',
      'connected opened',
      'data 3',
    ])
  })

  it('begins anew after a wait, where the server may send the same again at once', async () => {
    const { server, clock, dials } = openScripted({ overflow: 'close-and-resume', maxBufferedEvents: 1 })
    for (const n of [0, 1, 2]) {
      await clock.advance(700)
      server.connection(n).raw('data: a long beginning\n\n')
    }
    await clock.advance(0)
    expect(dials).toEqual([0, 1400, 2100])
  })
})

describe('a gap that fills the buffer', () => {
  it('does not end the link, as it would the next one, too', async () => {
    const { server, clock, log, dials } = openScripted({ overflow: 'close-and-resume', maxBufferedEvents: 1 })
    await clock.advance(0)
    server.connection(0).raw('data: 1\n\n')
    // Were it dialled for ever, this would never end.
    server.respond(500, { times: 3 })
    await clock.advance(1000)
    expect(dials).toEqual([0, 700])
    await clock.advance(20_000)
    server.connection(1).raw('data: 2\n\n')
    await clock.advance(1000)
    expect(log.filter((line) => /^(data|gap|retrying full)/.test(line))).toEqual([
      'data 1',
      'retrying full',
      'gap unknown',
      'data 2',
      'retrying full',
      'gap unknown',
    ])
  })
})

describe('events in bursts', () => {
  it('are waited for by one timer, which close() takes with it', async () => {
    const { server, clock, stream } = openScripted(
      { batch: 500 },
      { handlers: { onData: () => new Promise<void>((resolve) => clock.after(50, resolve)) } },
    )
    await clock.advance(0)
    const connection = server.connection(0)
    connection.raw(block(1))
    await clock.advance(510)
    // One in hand, and the next ones each come when nothing else waits.
    for (let n = 2; n < 6; n++) {
      connection.raw(block(n))
      await clock.advance(60)
    }
    stream.close()
    await clock.advance(50)
    expect(clock.pending).toBe(0)
  })

  it('leave no timer when the last of them was the end', async () => {
    const { server, clock } = openScripted(
      { batch: 500 },
      { handlers: { onData: () => new Promise<void>((resolve) => clock.after(50, resolve)) } },
    )
    await clock.advance(0)
    server.connection(0).raw(block(1))
    await clock.advance(510)
    server.connection(0).complete()
    await clock.advance(100)
    expect(clock.pending).toBe(0)
  })
})
