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
      if (!isAnswer(error)) observer.backplaneFailed(stage, key, error)
      throw error
    }
  }

  backplane.onFailure(({ stage, key, error }) => observer.backplaneFailed(stage, key, error))
  return {
    async publish(key, json, options) {
      const position = await watched('publish', key, backplane.publish(key, json, options))
      observer.published(key, position, Buffer.byteLength(json))
      return position
    },
    complete: (key) => watched('complete', key, backplane.complete(key)),
    subscribe: (key, receiver) => watched('subscribe', key, backplane.subscribe(key, receiver)),
    read: (key, range) => watched('read', key, backplane.read(key, range)),
    stats: () => backplane.stats(),
    onFailure: (listener) => backplane.onFailure(listener),
    close: () => watched('close', undefined, backplane.close()),
  }
}

/** What the contract has it say, such as that a channel is completed, is no failure. */
function isAnswer(error: unknown): boolean {
  return error instanceof RealtimeError && error.code !== 'UNAVAILABLE'
}
