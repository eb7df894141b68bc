import { createSweep } from './sweep.ts'

import type { ChannelEvent } from './channel-event.ts'
import type { Wire } from './transports/wire.ts'

// Clients that come back together do so within seconds; what is encoded again after one costs next to nothing.
const keptMs = 1000
const maxBytes = 8 * 1024 * 1024

/** Pages of history as they go over a wire, for those who read the same ones at about the same time. */
export interface EncodedPages {
  /** `key`: of the channel that the events, one after the other, belong to. */
  encode(wire: Wire, key: string, label: string, events: readonly ChannelEvent[]): readonly Uint8Array[]
}

export function createEncodedPages(): EncodedPages {
  const pages = new Map<Wire, Map<string, readonly Uint8Array[]>>()
  let bytes = 0
  const sweep = createSweep(keptMs, forget)

  function forget(): void {
    pages.clear()
    bytes = 0
    sweep.stop()
  }

  function keep(wire: Wire, what: string, chunks: readonly Uint8Array[]): void {
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    if (size > maxBytes) return
    if (bytes + size > maxBytes) forget()
    const ofWire = pages.get(wire) ?? new Map<string, readonly Uint8Array[]>()
    pages.set(wire, ofWire.set(what, chunks))
    bytes += size
    sweep.start()
  }

  return {
    encode(wire, key, label, events) {
      const [first] = events
      if (!first) return []
      const what = `${first.epoch}:${first.offset}:${events.length}:${key}`
      let chunks = pages.get(wire)?.get(what)
      if (!chunks) keep(wire, what, (chunks = wire.events(events, label)))
      return chunks
    },
  }
}
