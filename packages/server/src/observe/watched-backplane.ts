import { RealtimeError } from '../errors.ts'

import type { Backplane } from '../backplanes/backplane.ts'
import type { BackplaneStage } from './hooks.ts'
import type { Observer } from './observer.ts'

/** The same backplane, whose failures and events an observer hears of. */
export function watchBackplane(backplane: Backplane, observer: Observer): Backplane {
  async function watched<T>(stage: BackplaneStage, key: string | undefined, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      // What the contract has it say, such as that a channel is completed, is no failure.
      if (!(error instanceof RealtimeError)) observer.backplaneFailed(stage, key, error)
      throw error
    }
  }

  return {
    async publish(key, json) {
      const position = await watched('publish', key, backplane.publish(key, json))
      observer.published(key, position, Buffer.byteLength(json))
      return position
    },
    complete: (key) => watched('complete', key, backplane.complete(key)),
    subscribe: (key, receiver) => watched('subscribe', key, backplane.subscribe(key, receiver)),
    read: (key, range) => watched('read', key, backplane.read(key, range)),
    stats: () => backplane.stats(),
    close: () => watched('close', undefined, backplane.close()),
  }
}
