import { RealtimeError } from '../../errors.ts'
import { onceKey } from './keys.ts'
import { parsePage } from './messages.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Page, ReadRange } from '../backplane.ts'
import type { Commands } from './commands.ts'
import type { KnownChannel } from './known-channel.ts'
import type { Script, Scripts } from './scripts.ts'
import type { ServerRun } from './server-run.ts'

/** A page, and the Redis process that it comes from. */
export interface Reading {
  readonly page: Page
  readonly run: ServerRun
}

/** What can be asked of Redis about a channel. All of it goes out at once, or is refused at once. */
export interface ChannelScripts {
  publish(known: KnownChannel, witness: string, json: string, idempotencyKey: string | undefined): Promise<Position>
  complete(known: KnownChannel, witness: string): Promise<Position>
  read(known: KnownChannel, witness: string, range: ReadRange): Promise<Reading>
  /** Ends the life of that epoch, if it is still the channel's; whichever it is where that is empty. */
  renew(known: KnownChannel, epoch: string): Promise<unknown>
}

export function createChannelScripts(commands: Pick<Commands, 'run' | 'call'>, scripts: Scripts): ChannelScripts {
  /** Reads a position, and keeps it in mind. */
  const see = (reply: unknown, known: KnownChannel): Position => {
    const position = readPosition(reply, known.position?.epoch)
    // A reply comes over the link that the call went out on, so that this is still the same.
    known.see(position, commands.run)
    return position
  }
  const seeLater = (reply: unknown, known: KnownChannel): Position => {
    const position = readPosition(reply, known.position?.epoch)
    known.seeLater(position, commands.run)
    return position
  }

  const seeEnd = (reply: unknown, known: KnownChannel): Position => {
    const position = readPosition(reply, known.position?.epoch)
    known.see(position, commands.run, true)
    return position
  }

  function run<T>(
    script: Script,
    known: KnownChannel,
    args: readonly string[],
    decode: (reply: unknown, about: KnownChannel) => T,
  ): Promise<T> {
    const { meta, log } = known.keys
    const command = ['EVALSHA', script.sha, '2', meta, log, commands.run.argument, ...args]
    return commands.call(script, command, 0, decode, known)
  }

  return {
    publish(known, witness, json, idempotencyKey) {
      const { publish } = scripts
      const { keys } = known
      const { meta, log } = keys
      const { argument } = commands.run
      if (idempotencyKey === undefined) {
        const command = ['EVALSHA', publish.sha, '2', meta, log, argument, witness, json]
        return commands.call(publish, command, json.length, see, known)
      }
      const once = onceKey(keys, idempotencyKey)
      const command = ['EVALSHA', publish.sha, '3', meta, log, once, argument, witness, json]
      return commands.call(publish, command, json.length, seeLater, known)
    },

    complete: (known, witness) => run(scripts.complete, known, [witness], seeEnd),

    read(known, witness, range) {
      const args = [witness, String(range.after), String(range.limit)]
      return run(scripts.read, known, args, (reply) => ({ page: parsePage(reply, range), run: commands.run }))
    },

    renew: (known, epoch) => run(scripts.renew, known, ['', epoch], (reply) => reply),
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
