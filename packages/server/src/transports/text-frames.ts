import { envelopeWire } from './envelopes.ts'
import { frameChannelsWire } from './framing.ts'
import { plainWire } from './plain-wire.ts'

import type { ChannelsWire } from './channels-wire.ts'

// A ping or a close frame may stand between the fragments of a message, and nowhere else.
const fragmentBytes = 63 * 1024
const text = 0x1
const continuation = 0x0
const isLast = 0x80

/** The wires of WebSockets as frames of RFC 6455, as they stand on the socket. */
export const envelopeFrameWire: ChannelsWire = frameChannelsWire(envelopeWire, textFrames)
export const plainFrameWire: ChannelsWire = frameChannelsWire(plainWire, textFrames)

/** A text message, in fragments where it is long. Servers do not mask (5.1). */
export function textFrames(message: Uint8Array): readonly Uint8Array[] {
  if (message.length <= fragmentBytes) return [frame(text | isLast, message)]
  const frames: Uint8Array[] = []
  for (let from = 0; from < message.length; from += fragmentBytes) {
    const to = Math.min(from + fragmentBytes, message.length)
    const opcode = from === 0 ? text : continuation
    frames.push(frame(to === message.length ? opcode | isLast : opcode, message.subarray(from, to)))
  }
  return frames
}

/** A payload of at most 65,535 bytes, behind its length in one byte or three (5.2). */
function frame(first: number, payload: Uint8Array): Uint8Array {
  const { length } = payload
  const headBytes = length < 126 ? 2 : 4
  const framed = Buffer.allocUnsafe(headBytes + length)
  framed[0] = first
  if (headBytes === 2) {
    framed[1] = length
  } else {
    framed[1] = 126
    framed.writeUInt16BE(length, 2)
  }
  framed.set(payload, headBytes)
  return framed
}
