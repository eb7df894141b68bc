import { formatPosition } from '@steadystream/core/protocol'

import { gapMessage } from '../resume.ts'

import type { Position, ServerEnvelope } from '@steadystream/core/protocol'
import type { ChannelEvent } from '../channel-event.ts'
import type { Lost } from '../resume.ts'
import type { ChannelsWire } from './channels-wire.ts'
import type { Opening } from './wire.ts'

// A frame is parsed in one go on the other side, which holds the page up: long batches go out as several.
const frameBytes = 256 * 1024

/** One frame for each of these, as text of JSON. */
export const envelopeWire: ChannelsWire = {
  transport: 'websocket',
  keepAlive: encode({ type: 'heartbeat' }),
  opening({ clientId, heartbeatInterval, expiresIn, recovered, gap, cursor }, channel) {
    const connected = encode({ type: 'connected', clientId, heartbeatInterval, expiresIn })
    return joinFrame([connected, ...subscribedEnvelopes({ recovered, gap, cursor }, channel)])
  },
  connected: (message) => encode({ type: 'connected', ...message }),
  subscribed: (plan, channel) => joinFrame(subscribedEnvelopes(plan, channel)),
  reply: encode,
  events: envelopeFrames,
  gap: gapEnvelope,
  complete: completeEnvelope,
  close: (message) => encode({ type: 'close', ...message }),
}

/** Frames of at most 256 KiB, or of one event. */
export function envelopeFrames(events: readonly ChannelEvent[], channel: string): readonly Buffer[] {
  const frames: Buffer[] = []
  let rest = events
  while (rest.length > 0) {
    const some = envelopesWithin(rest, channel, frameBytes)
    frames.push(joinFrame(some))
    rest = rest.slice(some.length)
  }
  return frames
}

/** The envelopes of the first events that fit into so many bytes, and of the very first in any case. */
export function envelopesWithin(events: readonly ChannelEvent[], channel: string, bytes: number): readonly Buffer[] {
  const envelopes: Buffer[] = []
  let left = bytes
  for (const event of events) {
    const envelope = event.envelope(channel)
    left -= envelope.length
    if (left < 0 && envelopes.length > 0) break
    envelopes.push(envelope)
  }
  return envelopes
}

type Beginning = Pick<Opening, 'recovered' | 'gap' | 'cursor'>

export function subscribedEnvelopes({ recovered, gap, cursor }: Beginning, channel: string): Buffer[] {
  const position = formatPosition(cursor)
  // Whoever asked for the start and cannot have it was not served what he asked for, either.
  const subscribed = encode({ type: 'subscribed', channel, position, recovered: gap ? false : recovered })
  return gap ? [subscribed, gapEnvelope(gap, channel)] : [subscribed]
}

export function gapEnvelope(gap: Lost, channel: string): Buffer {
  return encode({ type: 'gap', channel, ...gapMessage(gap) })
}

export function completeEnvelope(end: Position, channel: string): Buffer {
  return encode({ type: 'complete', channel, position: formatPosition(end) })
}

/** The body that answers a poll; each channel by its label. */
export function formatPollAnswer(
  envelopes: readonly Uint8Array[],
  positions: Iterable<readonly [label: string, position: Position]>,
): Buffer {
  // Not by way of an object, to which some names mean something.
  const fields = Array.from(
    positions,
    ([label, at]) => `${JSON.stringify(label)}:${JSON.stringify(formatPosition(at))}`,
  )
  return Buffer.concat([
    Buffer.from('{"events":['),
    ...separated(envelopes),
    Buffer.from(`],"positions":{${fields.join(',')}}}`),
  ])
}

export function encode(envelope: ServerEnvelope): Buffer {
  return Buffer.from(JSON.stringify(envelope))
}

/** One envelope, or an array of several. */
export function joinFrame(envelopes: readonly Buffer[]): Buffer {
  const [first] = envelopes
  if (first && envelopes.length === 1) return first
  return Buffer.concat([Buffer.from('['), ...separated(envelopes), Buffer.from(']')])
}

const comma: Uint8Array = Buffer.from(',')

function separated(parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [comma, part]))
}
