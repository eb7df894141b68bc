import { RealtimeError } from '../../errors.ts'
import { onceKey } from './keys.ts'
import { parsePage } from './messages.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Page, ReadRange } from '../backplane.ts'
import type { Commands } from './commands.ts'
import type { KnownChannel } from './known-channel.ts'
import type { ScriptCall } from './script-runner.ts'
import type { Script, Scripts } from './scripts.ts'

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
  /** Reads a position, and keeps it in mind. */
  const see = (reply: unknown, known: KnownChannel): Position => {
    const position = readPosition(reply, known.position?.epoch)
    // A reply comes over the link that the call went out on, so that this is still the same.
    known.see(position, commands.run.id)
    return position
  }

  function callOf(script: Script, { keys }: KnownChannel, witness: string, ...args: readonly string[]): ScriptCall {
    const command = ['EVALSHA', script.sha, '2', keys.meta, keys.log, commands.run.argument, witness, ...args]
    return { script, command, order: 0 }
  }

  return {
    publish(known, witness, json, idempotencyKey) {
      const { publish } = scripts
      const { keys } = known
      const { meta, log } = keys
      const run = commands.run.argument
      const command =
        idempotencyKey === undefined
          ? ['EVALSHA', publish.sha, '2', meta, log, run, witness, json]
          : ['EVALSHA', publish.sha, '3', meta, log, onceKey(keys, idempotencyKey), run, witness, json]
      return commands.call({ script: publish, command, order: 0 }, json.length, see, known)
    },

    complete: (known, witness) => commands.call(callOf(scripts.complete, known, witness), 0, see, known),

    read(known, witness, range) {
      const call = callOf(scripts.read, known, witness, String(range.after), String(range.limit))
      return commands.call(call, 0, (reply) => ({ page: parsePage(reply, range), run: commands.run.id }), known)
    },

    renew: (known, epoch) => commands.call(callOf(scripts.renew, known, '', epoch), 0, (reply) => reply, known),
  }
}

/**
 * As the scripts answer it, which nobody else can write: no more is looked at, or made, than has to be.
 * @param epoch most likely the same as before
 */
function readPosition(reply: unknown, epoch: string | undefined): Position {
  const colon = typeof reply === 'string' ? reply.indexOf(':') : -1
  if (typeof reply !== 'string' || colon < 1) {
    if (reply === 'completed') throw new RealtimeError('CHANNEL_COMPLETED', 'the channel is completed')
    throw new TypeError('Redis answered with something else than a position')
  }
  const isSame = epoch !== undefined && reply.length === colon + 1 + epoch.length && reply.endsWith(epoch)
  return { epoch: isSame ? epoch : reply.slice(colon + 1), offset: Number.parseInt(reply, 10) }
}
