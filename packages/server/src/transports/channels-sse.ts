import { controlEvents, formatSseBlock } from '@steadystream/core/protocol'

import { completeEnvelope, encode, envelopeFrames, gapEnvelope, joinFrame, subscribedEnvelopes } from './envelopes.ts'
import { greeting, sseWire } from './sse.ts'

import type { ChannelsSseWire } from './channels-wire.ts'

/**
 * Many channels over one event stream. What happens to the connection is told as on any other; what happens on a channel
 * is an envelope, or an array of those of one turn. Such blocks have no `id`, as a position is that of one channel.
 */
export const channelsSseWire: ChannelsSseWire = {
  ...sseWire,
  connected: (message) =>
    Buffer.concat([
      greeting,
      Buffer.from(formatSseBlock({ event: controlEvents.connected, data: JSON.stringify(message) })),
    ]),
  subscribed: (plan, label) => block(joinFrame(subscribedEnvelopes(plan, label))),
  events: (events, label) => envelopeFrames(events, label).map(block),
  gap: (lost, label) => block(gapEnvelope(lost, label)),
  complete: (end, label) => block(completeEnvelope(end, label)),
  reply: (reply) => block(encode(reply)),
  cursor: (token) => Buffer.from(formatSseBlock({ id: token })),
}

const field: Uint8Array = Buffer.from('data: ')
const end: Uint8Array = Buffer.from('\n\n')

/** JSON holds no line break, so that it stands in one field. */
function block(json: Uint8Array): Buffer {
  return Buffer.concat([field, json, end])
}
