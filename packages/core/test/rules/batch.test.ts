import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { openScripted } from '../support/open-scripted.ts'

const block = (...numbers: number[]) => numbers.map((n) => `id: ${n}\ndata: ${n}\n\n`).join('')

/** The virtual times at which each event was handed over. */
async function open(batch: 'frame' | number) {
  const times: number[] = []
  const opened = openScripted({ batch }, { handlers: { onData: () => void times.push(opened.clock.now()) } })
  await opened.clock.advance(0)
  return { ...opened, times, connection: opened.server.connection(0) }
}

/** A page that is looked at, whose frames the test makes. */
function stubFrames(visibilityState = 'visible') {
  const asked = new Map<number, () => void>()
  let last = 0
  // After the stream is gone.
  onTestFinished(() => void vi.unstubAllGlobals())
  vi.stubGlobal('document', { visibilityState })
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => {
    asked.set(++last, callback)
    return last
  })
  vi.stubGlobal('cancelAnimationFrame', (id: number) => void asked.delete(id))
  return {
    asked,
    frame() {
      const due = [...asked.values()]
      asked.clear()
      for (const each of due) each()
    },
  }
}

describe('batch: a number', () => {
  it('keeps the place of a stream that is closed, and started again, within its first batch', async () => {
    const { clock, connection, server, stream } = await open(1000)
    connection.connected({ id: 'a:2' })
    await clock.advance(100)
    connection.push({ id: 'a:3', data: 3 })
    await clock.advance(100)
    stream.close()
    stream.start()
    await clock.advance(0)
    expect(server.requests.map(({ lastEventId }) => lastEventId)).toEqual([undefined, 'a:2'])
  })

  it('hands over in one burst what came within so many milliseconds of the first', async () => {
    const { clock, connection, times, told } = await open(100)
    connection.raw(block(1, 2))
    await clock.advance(60)
    connection.raw(block(3))
    await clock.advance(39)
    expect(times).toEqual([])
    await clock.advance(1)
    expect([told('data'), times]).toEqual([
      ['1', '2', '3'],
      [100, 100, 100],
    ])
    await clock.advance(500)
    connection.raw(block(4))
    await clock.advance(1000)
    expect(times.slice(3)).toEqual([700])
  })

  it('keeps gaps, comments and the end in their place', async () => {
    const { clock, connection, log } = await open(50)
    connection.connected({ id: 'a:0' })
    connection.push({ id: 'a:1', data: 1 })
    connection.comment('still here')
    connection.push({ id: 'a:5', data: 5 })
    connection.complete()
    await clock.advance(0)
    expect(log.slice(2)).toEqual(['disconnected completed'])
    await clock.advance(50)
    expect(log.slice(3)).toEqual(['data 1', 'comment still here', 'gap lost a:1..a:4', 'data 5', 'complete'])
  })

  it('leaves nothing after close()', async () => {
    const { clock, connection, times, stream } = await open(100)
    connection.raw(block(1))
    await clock.advance(50)
    stream.close()
    expect(clock.pending).toBe(0)
    await clock.advance(1000)
    expect(times).toEqual([])
  })

  it('waits for a full batch again after a start', async () => {
    const { clock, connection, times, stream, server } = await open(100)
    connection.raw(block(1))
    await clock.advance(50)
    stream.close()
    stream.start()
    await clock.advance(0)
    server.connection(1).raw(block(2))
    await clock.advance(99)
    expect(times).toEqual([])
    await clock.advance(1)
    expect(times).toEqual([150])
  })

  it('does not outrun a handler that takes its time', async () => {
    let done = () => {}
    const { clock, server, told } = openScripted(
      { batch: 100 },
      { handlers: { onData: () => new Promise<void>((resolve) => (done = resolve)) } },
    )
    await clock.advance(0)
    server.connection(0).raw(block(1, 2))
    await clock.advance(1000)
    expect(told('data')).toEqual(['1'])
    done()
    await clock.advance(0)
    expect(told('data')).toEqual(['1', '2'])
  })
})

describe("batch: 'frame'", () => {
  it('hands over once per frame of the page', async () => {
    const { asked, frame } = stubFrames()
    const { clock, connection, told } = await open('frame')
    connection.raw(block(1, 2))
    await clock.advance(10)
    connection.raw(block(3))
    await clock.advance(10)
    expect([told('data'), asked.size]).toEqual([[], 1])
    frame()
    expect(told('data')).toEqual(['1', '2', '3'])
    await clock.advance(1000)
    expect(asked.size).toBe(0)
    connection.raw(block(4))
    await clock.advance(0)
    frame()
    expect(told('data')).toEqual(['1', '2', '3', '4'])
  })

  it('does not wait for a frame that does not come', async () => {
    const { asked } = stubFrames()
    const { clock, connection, times } = await open('frame')
    connection.raw(block(1))
    await clock.advance(1000)
    expect([times, asked.size]).toEqual([[100], 0])
  })

  it.each<[string, () => unknown]>([
    ['of a page that is hidden', () => stubFrames('hidden')],
    ['where there is no page', () => {}],
  ])('takes about the time of one, %s', async (_, stub) => {
    stub()
    const { clock, connection, times } = await open('frame')
    connection.raw(block(1))
    await clock.advance(1000)
    expect(times).toEqual([16])
  })

  it('leaves neither frame nor timer after close()', async () => {
    const { asked, frame } = stubFrames()
    const { clock, connection, stream, told } = await open('frame')
    connection.raw(block(1))
    await clock.advance(10)
    stream.close()
    expect([clock.pending, asked.size]).toEqual([0, 0])
    frame()
    expect(told('data')).toEqual([])
  })
})
