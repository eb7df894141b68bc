import { describe, expect, it } from 'vitest'

import { memoryBackplane } from '../src/index.ts'
import { nameChannel } from '../src/channel.ts'
import { createHub } from '../src/hub.ts'
import { quietLogger } from '../src/logger.ts'
import { sseWire } from '../src/transports/sse.ts'
import { laterTurn } from './support/lagging-backplane.ts'
import { until } from './support/until.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Subscriber } from '../src/subscriber.ts'

const many = 5000
const name = nameChannel('a')

/** A client that only remembers the offsets that it was brought to, and whether it was told the end. */
class Listener implements Subscriber {
  readonly wire = sseWire
  readonly queuedBytes = 0
  readonly told: (number | 'end')[] = []
  isOpen = true

  writeAll(_: readonly Uint8Array[], events: number, last: Position): void {
    for (let offset = last.offset - events + 1; offset <= last.offset; offset++) this.told.push(offset)
  }

  writable(): Promise<void> {
    return Promise.resolve()
  }

  finish(): void {
    this.told.push('end')
    this.isOpen = false
  }

  destroy(): void {
    this.isOpen = false
  }
}

async function gather() {
  const backplane = memoryBackplane({ size: 100_000 })
  const hub = createHub(backplane, 10, quietLogger)
  const feed = await hub.acquire(name)
  if (!feed) throw new Error('there is room')
  const { epoch } = await backplane.read(name.key, { after: 0, limit: 0 })
  const publish = (n: number) => backplane.publish(name.key, String(n))
  const join = () => {
    const listener = new Listener()
    feed.join(listener, { epoch, offset: 0 })
    return listener
  }
  const listeners = Array.from({ length: many }, join)
  await laterTurn()
  const served = (offset: number) => listeners.filter(({ told }) => told.includes(offset)).length
  return { backplane, hub, feed, listeners, publish, join, served, epoch }
}

describe('security 33: one event for many sessions', () => {
  it('is sent in parts, with turns between for everything else', async () => {
    const { publish, served } = await gather()
    await publish(1)
    expect(served(1)).toBe(0)
    const counts: number[] = []
    while (served(1) < many) {
      await laterTurn()
      counts.push(served(1))
    }
    expect(counts).toEqual([2000, 4000, 5000])
  })

  it('comes before the next one for each of them, whenever that is published', async () => {
    const { publish, listeners, served, feed } = await gather()
    await publish(1)
    await laterTurn()
    await publish(2)
    await publish(3)
    await laterTurn()
    await publish(4)
    // Some leave in the middle of it.
    const gone = listeners.filter((_, index) => index % 7 === 0)
    for (const listener of gone) feed.leave(listener)
    const rest = listeners.filter((_, index) => index % 7 !== 0)
    await until(() => served(4) === rest.length)
    expect(rest.every(({ told }) => String(told) === '1,2,3,4')).toBe(true)
  })

  it('is not sent again to who joins meanwhile, nor lost to him', async () => {
    const { publish, listeners, join, served } = await gather()
    await publish(1)
    await laterTurn()
    const late = join()
    await publish(2)
    const later = join()
    await until(() => served(2) === many)
    await publish(3)
    await until(() => served(3) === many)
    for (const { told } of [late, later, ...listeners]) expect(told).toEqual([1, 2, 3])
  })

  it('comes before the end, and before the goodbye', async () => {
    const { backplane, hub, publish, listeners, served } = await gather()
    await publish(1)
    await laterTurn()
    hub.flush()
    expect(served(1)).toBe(many)
    await publish(2)
    await laterTurn()
    await backplane.complete(name.key)
    expect(listeners.every(({ told }) => String(told) === '1,2,end')).toBe(true)
  })
})
