import { describe, expect, it } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

import type { ScriptedConnection } from '../../src/testing/index.ts'

type Opened = ReturnType<typeof openScripted>

/** Events and gaps, in their order. */
const received = ({ log }: Opened) => log.filter((line) => /^(data|gap) /.test(line))

/** Opens a stream and lets each link in turn speak and be cut. */
async function afterLinks(...links: ((server: ScriptedConnection) => void)[]): Promise<Opened> {
  const opened = openScripted({ maxRetries: Infinity, jitter: 0 })
  for (const [n, speak] of links.entries()) {
    while (opened.dials.length <= n) await opened.clock.advance(1000)
    await opened.clock.advance(0)
    speak(opened.server.connection(n))
    opened.server.connection(n).drop()
    await opened.clock.advance(0)
  }
  return opened
}

const text =
  (...ids: string[]) =>
  (server: ScriptedConnection) => {
    for (const id of ids) server.push({ id, data: JSON.stringify(id) })
  }

/** A link of a server that speaks positions. */
const ours =
  (connectedId: string | undefined, ...ids: string[]) =>
  (server: ScriptedConnection) => {
    server.connected({ id: connectedId })
    text(...ids)(server)
  }

describe('gaps of a server that speaks positions', () => {
  it('are not declared while the offsets follow each other, over any number of links', async () => {
    const opened = await afterLinks(ours('a:7', 'a:8', 'a:9'), ours('a:9', 'a:10'), ours('a:10'), ours('a:10', 'a:11'))
    expect(received(opened)).toEqual(['data a:8', 'data a:9', 'data a:10', 'data a:11'])
  })

  it('are declared for a hole within a link, in its place', async () => {
    const opened = await afterLinks(ours('a:0', 'a:1', 'a:5', 'a:6'))
    expect(received(opened)).toEqual(['data a:1', 'gap lost a:1..a:4', 'data a:5', 'data a:6'])
    expect(opened.stream.stats.gaps).toBe(1)
  })

  it('are declared for a hole before the first event', async () => {
    expect(received(await afterLinks(ours('a:0', 'a:3')))).toEqual(['gap lost a:0..a:2', 'data a:3'])
  })

  it('are declared once where the server goes on after a later place than was asked for', async () => {
    const opened = await afterLinks(ours('a:0', 'a:1'), ours('a:4', 'a:5'))
    expect(received(opened)).toEqual(['data a:1', 'gap lost a:1..a:4', 'data a:5'])
  })

  it('trap 19: are declared for another epoch, whose equal offset is another event', async () => {
    const opened = await afterLinks(ours('a:0', 'a:1', 'a:2'), ours('b:0', 'b:1', 'b:2'))
    expect(received(opened)).toEqual(['data a:1', 'data a:2', 'gap lost a:2..b:0', 'data b:1', 'data b:2'])
  })

  it('trap 19: are declared for another epoch within a link', async () => {
    const opened = await afterLinks(ours('a:0', 'a:1', 'b:3'))
    expect(received(opened)).toEqual(['data a:1', 'gap lost a:1..b:2', 'data b:3'])
  })

  it("are declared by the server's gap event, and not a second time by the event behind it", async () => {
    const opened = await afterLinks(ours('a:0', 'a:1'), (server) => {
      server.connected()
      server.gap('a:1', 'a:8')
      text('a:9')(server)
    })
    expect(received(opened)).toEqual(['data a:1', 'gap lost a:1..a:8', 'data a:9'])
    expect(opened.stream.lastEventId).toBe('a:9')
  })

  it('are declared in the middle of a link, and move the place to resume from', async () => {
    const opened = await afterLinks(
      (server) => {
        ours('a:0', 'a:1')(server)
        server.gap('a:1', 'a:8')
      },
      ours('a:8', 'a:9'),
    )
    expect(received(opened)).toEqual(['data a:1', 'gap lost a:1..a:8', 'data a:9'])
    expect(opened.server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, 'a:8'])
  })

  it("are not declared by a server's gap event that tells of what was had", async () => {
    const opened = await afterLinks(ours('a:0', 'a:1', 'a:2', 'a:3'), (server) => {
      server.connected()
      server.gap('a:1', 'a:2')
      text('a:4')(server)
    })
    expect(received(opened)).toEqual(['data a:1', 'data a:2', 'data a:3', 'data a:4'])
  })

  it('are not declared for what comes again, which is dropped', async () => {
    const opened = await afterLinks(ours('a:0', 'a:1', 'a:2'), ours('a:0', 'a:1', 'a:2', 'a:3'))
    expect(received(opened)).toEqual(['data a:1', 'data a:2', 'data a:3'])
    expect(opened.stream.stats.duplicatesDropped).toBe(2)
  })
})

describe('positions from a link that did not begin with the connected event', () => {
  it('are opaque IDs: no gap for a hole, no drop for a step back', async () => {
    const opened = await afterLinks(text('a:1', 'a:5', 'b:1', 'a:2'))
    expect(received(opened)).toEqual(['data a:1', 'data a:5', 'data b:1', 'data a:2'])
  })

  it('stay opaque where the connected event comes behind an event', async () => {
    const opened = await afterLinks((server) => {
      text('a:1')(server)
      ours('a:1', 'a:9', 'a:3')(server)
    })
    expect(received(opened)).toEqual(['data a:1', 'data a:9', 'data a:3'])
  })

  it('are opaque again on the next link, if that has no connected event', async () => {
    const opened = await afterLinks(ours('a:0', 'a:1'), text('a:7'))
    expect(received(opened)).toEqual(['data a:1', 'data a:7'])
  })
})

describe('gaps of a server with plain IDs', () => {
  it('are none: what it replays is dropped, what it does not cannot be told', async () => {
    const opened = await afterLinks(text('1', '2', '3'), text('1', '2', '3', '4'), text('5'))
    expect(received(opened)).toEqual(['data 1', 'data 2', 'data 3', 'data 4', 'data 5'])
    expect(opened.stream.stats.duplicatesDropped).toBe(3)
  })

  it('keep what differs in ID, type or data from an event of an earlier link', async () => {
    const opened = await afterLinks(
      (server) => server.push({ id: '1', data: '"x"' }),
      (server) => {
        server.push({ id: '1', data: '"y"' })
        server.push({ id: '2', data: '"x"' })
        server.push({ id: '1', event: 'named', data: '"x"' })
        server.push({ id: '1', data: '"x"' })
      },
    )
    expect(received(opened)).toEqual(['data x', 'data y', 'data x', 'data x'])
  })

  it('keep two equal events of one link, which are both genuine', async () => {
    expect(received(await afterLinks(text('1', '1', '1')))).toEqual(['data 1', 'data 1', 'data 1'])
  })

  it('trap 48: remember a bounded number of events to recognise a replay', async () => {
    const ids = Array.from({ length: 10_000 }, (_, n) => `${n}`)
    const opened = await afterLinks(
      (server) => server.raw(ids.map((id) => `id: ${id}\ndata: "${id}"\n\n`).join('')),
      text('9999', '9000', '0'),
    )
    expect(opened.told('data').slice(10_000)).toEqual(['0'])
  })
})

describe('gaps of a server without IDs', () => {
  const plain =
    (...data: number[]) =>
    (server: ScriptedConnection) =>
      data.forEach((each) => server.push(each))

  it('are of unknown size, one for each link after the first', async () => {
    const opened = await afterLinks(plain(1, 2), plain(3), plain(4))
    expect(received(opened)).toEqual(['data 1', 'data 2', 'gap unknown', 'data 3', 'gap unknown', 'data 4'])
  })

  it('are declared when the next link opens, without waiting for an event', async () => {
    const opened = await afterLinks(plain(1), () => {})
    expect(received(opened)).toEqual(['data 1', 'gap unknown'])
  })

  it('are not declared before anything was received, for nothing says that there are no IDs', async () => {
    const opened = await afterLinks(
      () => {},
      () => {},
      text('1'),
      text('2'),
    )
    expect(received(opened)).toEqual(['data 1', 'data 2'])
  })

  it('are declared before the first event where earlier links brought none', async () => {
    const opened = await afterLinks(() => {}, plain(1))
    expect(received(opened)).toEqual(['gap unknown', 'data 1'])
  })

  it('trap 15: do not keep the stream from dialling again', async () => {
    const opened = await afterLinks(plain(1), plain(2), plain(3))
    expect(opened.server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, undefined, undefined])
    expect(opened.told('data')).toEqual(['1', '2', '3'])
  })
})

describe('onGap', () => {
  it('comes in its place among the events, however slow their handler is', async () => {
    const { server, clock, log } = openScripted(
      {},
      { handlers: { onData: () => new Promise((resolve) => clock.after(100, () => resolve(undefined))) } },
    )
    await clock.advance(0)
    ours('a:0', 'a:1', 'a:2', 'a:5', 'a:6')(server.connection(0))
    await clock.advance(10_000)
    expect(log.slice(2)).toEqual(['data a:1', 'data a:2', 'gap lost a:2..a:4', 'data a:5', 'data a:6'])
  })

  it('is waited for', async () => {
    const { server, clock, log } = openScripted(
      {},
      { handlers: { onGap: () => new Promise((resolve) => clock.after(5000, () => resolve(undefined))) } },
    )
    await clock.advance(0)
    ours('a:0', 'a:2')(server.connection(0))
    await clock.advance(4999)
    expect(log.slice(2)).toEqual(['gap lost a:0..a:1'])
    await clock.advance(1)
    expect(log.slice(2)).toEqual(['gap lost a:0..a:1', 'data a:2'])
  })
})
