import { memoryBackplane } from '../../src/index.ts'

import type { Backplane, Receiver } from '../../src/index.ts'

type Delivery = (receiver: Receiver) => void

/**
 * A backplane whose subscriptions lag behind its history, as a broker's do: deliveries wait until the test releases
 * them, and may be lost or doubled on the way. Reads answer in a later turn.
 */
export interface LaggingBackplane extends Backplane {
  /** Delivers the first `count` waiting deliveries; all without a count. */
  release(count?: number): void
  /** Loses the first waiting delivery. */
  lose(): void
  /** Delivers the first waiting delivery without taking it off. */
  double(): void
  /** Lets reads fail, or go on. */
  failReads(fail: boolean): void
  /** Runs before each read answers. */
  onRead: () => void | Promise<void>
}

export function laggingBackplane(options: Parameters<typeof memoryBackplane>[0] = {}): LaggingBackplane {
  const inner = memoryBackplane(options)
  const receivers = new Map<string, Set<Receiver>>()
  const waiting: (() => void)[] = []
  let failing = false

  function deliver(key: string, delivery: Delivery): void {
    for (const receiver of receivers.get(key) ?? []) delivery(receiver)
  }

  const self: LaggingBackplane = {
    ...inner,
    onRead: () => {},
    async subscribe(key, receiver) {
      await laterTurn()
      const all = receivers.get(key) ?? new Set()
      receivers.set(key, all.add(receiver))
      // Holds the channel's life, as a real subscription would.
      const stop = await inner.subscribe(key, { event: () => {}, missed: () => {}, complete: () => {} })
      return () => {
        all.delete(receiver)
        stop()
      }
    },
    async publish(key, json, options) {
      const position = await inner.publish(key, json, options)
      const { events } = await inner.read(key, { after: position.offset - 1, limit: 1 })
      const [event] = events
      waiting.push(() => event && deliver(key, (receiver) => receiver.event(event)))
      return position
    },
    async complete(key) {
      const end = await inner.complete(key)
      waiting.push(() => deliver(key, (receiver) => receiver.complete(end)))
      return end
    },
    async read(key, range) {
      await laterTurn()
      if (failing) throw new Error('no broker')
      const page = await inner.read(key, range)
      await self.onRead()
      await laterTurn()
      return page
    },
    release(count = waiting.length) {
      for (const run of waiting.splice(0, count)) run()
    },
    lose: () => void waiting.shift(),
    double: () => waiting[0]?.(),
    failReads: (fail) => void (failing = fail),
  }
  return self
}

export function laterTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
