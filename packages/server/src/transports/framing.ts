import type { ChannelsWire } from './channels-wire.ts'
import type { Wire } from './wire.ts'

/**
 * What a transport puts around a message of its wire, so that the bytes can go to the socket as they are: done once for
 * all sessions, where the library below would do it for each. Several pieces where one would be too long.
 */
export type Framing = (message: Uint8Array) => readonly Uint8Array[]

/** The same wire, whose bytes are framed. */
export function frameWire(wire: Wire, framing: Framing): Wire {
  const one = (message: Uint8Array) => join(framing(message))
  let keepAlive: Uint8Array | undefined
  let framedKeepAlive: Uint8Array | undefined
  return {
    transport: wire.transport,
    /** Made at each use, as some tell the time; those that do not are framed once. */
    get keepAlive() {
      const current = wire.keepAlive
      if (current !== keepAlive) framedKeepAlive = current && one(current)
      keepAlive = current
      return framedKeepAlive
    },
    opening: (opening, channel) => one(wire.opening(opening, channel)),
    events: (events, channel) => wire.events(events, channel).flatMap(framing),
    gap: (lost, channel) => one(wire.gap(lost, channel)),
    complete: (end, channel) => one(wire.complete(end, channel)),
    close: (message) => one(wire.close(message)),
  }
}

/** As {@link frameWire}, for many channels. */
export function frameChannelsWire(wire: ChannelsWire, framing: Framing): ChannelsWire {
  const one = (message: Uint8Array | undefined) => message && join(framing(message))
  // Not spread, which would read the keep-alive once and for all.
  return Object.assign(frameWire(wire, framing), {
    connected: (message) => join(framing(wire.connected(message))),
    subscribed: (plan, label) => one(wire.subscribed(plan, label)),
    reply: (reply) => one(wire.reply(reply)),
  } satisfies Partial<ChannelsWire>)
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  return first && pieces.length === 1 ? first : Buffer.concat(pieces)
}
