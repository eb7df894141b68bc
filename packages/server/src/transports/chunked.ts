import { channelsSseWire } from './channels-sse.ts'
import { frameChannelsWire, frameWire } from './framing.ts'
import { sseWire } from './sse.ts'

import type { ChannelsSseWire } from './channels-wire.ts'
import type { Wire } from './wire.ts'

/** Event streams in the chunked coding of HTTP/1.1, as they stand on the socket. */
export const chunkedSseWire: Wire = frameWire(sseWire, chunk)
export const chunkedChannelsWire: ChannelsSseWire = Object.assign(frameChannelsWire(channelsSseWire, chunk), {
  cursor: (token: string) => Buffer.concat(chunk(channelsSseWire.cursor(token))),
})

const lineEnd = '\r\n'

/** A chunk of RFC 9112, 7.1. An empty one would be the end of the response. */
export function chunk(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length === 0) return []
  const head = bytes.length.toString(16) + lineEnd
  const framed = Buffer.allocUnsafe(head.length + bytes.length + lineEnd.length)
  framed.write(head, 0, 'latin1')
  framed.set(bytes, head.length)
  framed.write(lineEnd, head.length + bytes.length, 'latin1')
  return [framed]
}
