import { memoryBackplane } from '../memory.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane, Page, PublishOptions, ReadRange } from '../backplane.ts'
import type { ChannelTable } from './channel-table.ts'
import type { RedisHistory } from './scripts.ts'

/** The lives that channels lead in this process alone, while Redis is away. */
export interface LocalLives {
  readonly isAny: boolean
  has(key: string): boolean
  publish(key: string, json: string, options: PublishOptions): Promise<Position>
  read(key: string, range: ReadRange): Promise<Page>
  /**
   * Ends them, each once `renew` has begun another life in Redis: nobody could say how theirs goes with the former. Does
   * nothing while it is at it.
   */
  end(renew: (key: string) => Promise<unknown>): Promise<void>
  close(): Promise<void>
}

interface Life {
  /** Its name in the store of this process. */
  readonly innerKey: string
  readonly stop: Promise<() => void>
}

export function createLocalLives({ size, bytes, ttlMs }: RedisHistory, table: Pick<ChannelTable, 'find'>): LocalLives {
  const inner: Backplane = memoryBackplane({ size, bytes, ttlMs })
  const lives = new Map<string, Life>()
  let begun = 0
  let isEnding = false

  /** Brings its events to those who follow the channel here, to whom they are of another epoch. */
  function begin(key: string): Life {
    // Of its own, as what is stored outlives the life: who comes from Redis has had what went on in the one before.
    const innerKey = `${++begun}:${key}`
    const stop = inner.subscribe(innerKey, {
      event(event) {
        for (const receiver of table.find(key)?.receivers ?? []) receiver.event(event)
      },
      missed() {},
      complete() {},
    })
    return { innerKey, stop }
  }

  return {
    get isAny() {
      return lives.size > 0
    },
    has: (key) => lives.has(key),

    publish(key, json, options) {
      const life = lives.get(key) ?? begin(key)
      lives.set(key, life)
      return inner.publish(life.innerKey, json, options)
    },

    read: (key, range) => inner.read(lives.get(key)?.innerKey ?? key, range),

    async end(renew) {
      if (isEnding || lives.size === 0) return
      isEnding = true
      const endings = Array.from(lives, async ([key, life]) => {
        await renew(key)
        lives.delete(key)
        const stop = await life.stop
        stop()
      })
      const outcomes = await Promise.allSettled(endings)
      isEnding = false
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    },

    close: () => inner.close(),
  }
}
