import { messageOf } from './unavailable.ts'

import type { RedisLink } from './driver.ts'
import type { Script } from './scripts.ts'

/** A script with what it is run on, made once for all, as thousands go out in a second. */
export interface ScriptCall {
  readonly script: Script
  /** `EVALSHA`, the hash, the number of keys, the keys, the arguments. */
  readonly command: readonly string[]
  /** Its place among the calls; given by the runner. */
  order: number
}

/** Runs scripts over one link, by their hashes, in the order of the calls. */
export interface ScriptRunner {
  send(call: ScriptCall): Promise<unknown>
  /** Whether a call has to be made again, as Redis has forgotten the script; `again` does so in its turn. */
  isForgotten(error: unknown): boolean
  again(call: ScriptCall): Promise<unknown>
}

/** A call that found no script, or came after one that did. */
interface Held {
  readonly order: number
  readonly go: () => void
}

/**
 * Scripts are loaded when the link is opened. Should somebody flush them while it stands, the calls under way come back
 * one after the other, while new ones are made: all of them are held, and go on in their order once each is known.
 */
export function createScriptRunner(link: RedisLink, scripts: readonly Script[]): ScriptRunner {
  let calls = 0
  let held: Held[] | undefined

  async function whenReloaded(call: ScriptCall): Promise<unknown> {
    if (!held) reload()
    await new Promise<void>((resolve) => {
      held?.push({ order: call.order, go: resolve })
    })
    // In full, whatever has become of the scripts by then.
    return link.send(['EVAL', call.script.text, ...call.command.slice(2)])
  }

  function reload(): void {
    const waiting: Held[] = (held = [])
    const goOn = () => {
      held = undefined
      for (const { go } of waiting.toSorted((one, other) => one.order - other.order)) go()
    }
    // Their replies come behind those of all calls under way.
    Promise.all(scripts.map(({ text }) => link.send(['SCRIPT', 'LOAD', text]))).then(goOn, goOn)
  }

  return {
    send(call) {
      call.order = calls++
      return held ? whenReloaded(call) : link.send(call.command)
    },
    isForgotten: (error) => messageOf(error).startsWith('NOSCRIPT'),
    again: whenReloaded,
  }
}
