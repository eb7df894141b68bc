import { idOf } from './relay.ts'

import type { Call } from './relay.ts'

/** The last that a tab has received, whoever held the connection: for tabs that are behind. One per stream. */
export interface RelayLog {
  /** ID of the last thing in it, or the one that it begins behind. */
  readonly last: string
  /** The link is at this ID: what does not lead there is of no use any more. */
  begin(id: string): void
  record(call: Call): void
  /** What came after this ID; `undefined` where that is not known (any more). */
  after(id: string): readonly Call[] | undefined
}

const maxCalls = 1024
/** In characters. */
const maxSize = 1_048_576

// Binary data, which has no ID here, is counted by its number alone.
const sizeOf = ([, what]: Call) => String((Object(what) as { data?: unknown }).data).length

export function createRelayLog(): RelayLog {
  let calls: Call[] = []
  let base = ''
  let last = ''
  let size = 0

  return {
    get last() {
      return last
    },
    begin(id) {
      if (id === last) return
      calls = []
      base = last = id
      size = 0
    },
    record(call) {
      if (!/^(event|moved|oversized)$/.test(call[0])) return
      calls.push(call)
      // An ID is a string, where there is one.
      last = (idOf(call) as string | undefined) ?? last
      size += sizeOf(call)
      if (calls.length <= maxCalls && size <= maxSize) return
      // Half of it: shifting one by one moves the rest each time.
      const dropped = calls.splice(0, Math.ceil(calls.length / 2))
      size = calls.reduce((sum, each) => sum + sizeOf(each), 0)
      for (const each of dropped) base = (idOf(each) as string | undefined) ?? base
    },
    after(id) {
      const at = calls.findLastIndex((call) => idOf(call) === id)
      return at >= 0 || id === base ? calls.slice(at + 1) : undefined
    },
  }
}
