import type { Position } from '@steadystream/core/protocol'
import type { ChannelKeys } from './keys.ts'

/** What this process has seen of a channel, so that a Redis which has lost it is found out. */
export class KnownChannel {
  readonly keys: ChannelKeys
  position: Position | undefined
  /** The life of Redis in which the position was seen. */
  run = ''

  constructor(keys: ChannelKeys) {
    this.keys = keys
  }

  get epoch(): string | undefined {
    return this.position?.epoch
  }

  see(position: Position, run: string): void {
    this.position = position
    this.run = run
  }

  /** {@link witness}, unless that life of Redis is the one that it comes from. */
  witnessIn(run: string): string {
    return this.run === run ? '' : this.witness
  }

  /** As the scripts take it. */
  get witness(): string {
    return this.position ? `${this.position.epoch}:${this.position.offset}:${this.run}` : ''
  }
}

const maxKnown = 10_000

/** Channels that this process publishes to, in the order of their use; the oldest are forgotten. */
export class KnownChannels {
  readonly #channels = new Map<string, KnownChannel>()
  /** The one that was used last, and is where it belongs. */
  #latest: string | undefined
  readonly #keysOf: (key: string) => ChannelKeys

  constructor(keysOf: (key: string) => ChannelKeys) {
    this.#keysOf = keysOf
  }

  get(key: string): KnownChannel {
    let channel = this.#channels.get(key)
    if (channel && key === this.#latest) return channel
    if (channel) {
      this.#channels.delete(key)
    } else {
      channel = new KnownChannel(this.#keysOf(key))
      if (this.#channels.size >= maxKnown) {
        for (const oldest of this.#channels.keys()) {
          this.#channels.delete(oldest)
          break
        }
      }
    }
    this.#channels.set(key, channel)
    this.#latest = key
    return channel
  }
}
