import { RealtimeError } from '../../errors.ts'
import { createCandidates } from './candidate-epochs.ts'
import { onceKey } from './keys.ts'
import { parsePage, parsePosition } from './messages.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Page, ReadRange } from '../backplane.ts'
import type { Commands } from './commands.ts'
import type { KnownChannel } from './known-channel.ts'
import type { Scripts } from './scripts.ts'

/** A page, and the life of Redis that it comes from. */
export interface Reading {
  readonly page: Page
  readonly run: string
}

/** What can be asked of Redis about a channel. All of it goes out at once, or is refused at once. */
export interface ChannelScripts {
  publish(known: KnownChannel, witness: string, json: string, idempotencyKey: string | undefined): Promise<Position>
  complete(known: KnownChannel, witness: string): Promise<Position>
  read(known: KnownChannel, witness: string, range: ReadRange): Promise<Reading>
  /** Ends the life of that epoch, if it is still the channel's. */
  renew(known: KnownChannel, epoch: string): Promise<unknown>
}

export function createChannelScripts(commands: Commands, scripts: Scripts): ChannelScripts {
  const candidate = createCandidates()

  /** Reads a position, and keeps it in mind. */
  function seeing(known: KnownChannel): (reply: unknown) => Position {
    const { run } = commands
    return (reply) => {
      const position = typeof reply === 'string' ? parsePosition(reply) : undefined
      if (!position) {
        if (reply === 'completed') throw new RealtimeError('CHANNEL_COMPLETED', 'the channel is completed')
        throw new TypeError('Redis answered with something else than a position')
      }
      known.see(position, run)
      return position
    }
  }

  return {
    publish(known, witness, json, idempotencyKey) {
      const { meta, log } = known.keys
      const keys = idempotencyKey === undefined ? [meta, log] : [meta, log, onceKey(known.keys, idempotencyKey)]
      const args = [commands.run, candidate(), witness, json]
      return commands.call({ script: scripts.publish, keys, args }, json.length, seeing(known))
    },

    complete(known, witness) {
      const { meta, log } = known.keys
      const args = [commands.run, candidate(), witness]
      return commands.call({ script: scripts.complete, keys: [meta, log], args }, 0, seeing(known))
    },

    read(known, witness, range) {
      const { run } = commands
      const { meta, log } = known.keys
      const args = [run, candidate(), witness, String(range.after), String(range.limit)]
      return commands.call({ script: scripts.read, keys: [meta, log], args }, 0, (reply) => ({
        page: parsePage(reply, range),
        run,
      }))
    },

    renew(known, epoch) {
      const { meta, log } = known.keys
      const args = [commands.run, candidate(), '', epoch]
      return commands.call({ script: scripts.renew, keys: [meta, log], args }, 0, (reply) => reply)
    },
  }
}
