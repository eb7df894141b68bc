import { messageOf } from './unavailable.ts'

import type { RedisLink } from './driver.ts'
import type { Script } from './scripts.ts'

/** A script with what it is run on. */
export interface ScriptCall {
  readonly script: Script
  readonly keys: readonly string[]
  readonly args: readonly string[]
  /** Its place among the calls; given by the runner. */
  order?: number
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

  function evaluate({ script, keys, args }: ScriptCall): Promise<unknown> {
    return link.send(['EVALSHA', script.sha, String(keys.length), ...keys, ...args])
  }

  async function whenReloaded(call: ScriptCall): Promise<unknown> {
    if (!held) reload()
    await new Promise<void>((resolve) => {
      held?.push({ order: call.order ?? 0, go: resolve })
    })
    // In full, whatever has become of the scripts by then.
    const { script, keys, args } = call
    return link.send(['EVAL', script.text, String(keys.length), ...keys, ...args])
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
      return held ? whenReloaded(call) : evaluate(call)
    },
    isForgotten: (error) => messageOf(error).startsWith('NOSCRIPT'),
    again: whenReloaded,
  }
}
