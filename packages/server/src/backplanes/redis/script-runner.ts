import { messageOf } from './unavailable.ts'

import type { RedisLink } from './driver.ts'
import type { Script } from './scripts.ts'

/** Runs scripts over one link, by their hashes, in the order of the calls. */
export interface ScriptRunner {
  /** @param command `EVALSHA`, the hash, the number of keys, the keys, the arguments */
  send(script: Script, command: readonly string[]): Promise<unknown>
  /** Whether a call has to be made again, as Redis has forgotten the script. */
  isForgotten(error: unknown): boolean
  /** Does so in its turn. To be called in the order of the replies. */
  again(script: Script, command: readonly string[]): Promise<unknown>
}

/** Who goes on when the scripts are known again. */
interface Held {
  /** Calls that found no script, as they came back: in their order, and made before all of the others. */
  readonly forgotten: (() => void)[]
  readonly later: (() => void)[]
}

/**
 * Scripts are loaded when the link is opened. Should somebody flush them while it stands, the calls under way come back
 * one after the other, while new ones are made: all of them are held, and go on in their order once each is known.
 */
export function createScriptRunner(link: RedisLink, scripts: readonly Script[]): ScriptRunner {
  let held: Held | undefined

  async function inTurn(queue: (() => void)[], { text }: Script, command: readonly string[]): Promise<unknown> {
    await new Promise<void>((resolve) => {
      queue.push(resolve)
    })
    // In full, whatever has become of the scripts by then.
    return link.send(['EVAL', text, ...command.slice(2)])
  }

  function reload(): Held {
    const waiting: Held = { forgotten: [], later: [] }
    const goOn = () => {
      held = undefined
      for (const go of [...waiting.forgotten, ...waiting.later]) go()
    }
    // Their replies come behind those of all calls under way.
    Promise.all(scripts.map(({ text }) => link.send(['SCRIPT', 'LOAD', text]))).then(goOn, goOn)
    return waiting
  }

  return {
    send: (script, command) => (held ? inTurn(held.later, script, command) : link.send(command)),
    isForgotten: (error) => messageOf(error).startsWith('NOSCRIPT'),
    again: (script, command) => inTurn((held ??= reload()).forgotten, script, command),
  }
}
