import type { ConnectedMessage, ServerEnvelope } from '@steadystream/core/protocol'
import type { Plan } from '../resume.ts'
import type { Wire } from './wire.ts'

/** What a server tells a client beside what happens on channels: the answers to its commands. */
export type Reply = Extract<
  ServerEnvelope,
  { readonly type: 'pong' | 'error' | 'published' | 'authenticated' | 'unsubscribed' }
>

/** How a transport writes what happens on a connection that follows many channels. */
export interface ChannelsWire extends Wire {
  /** The first bytes of a connection. */
  connected(message: ConnectedMessage): Uint8Array
  /** A channel is followed from here on, the gap that it begins with included; `undefined` where that is not told. */
  subscribed(plan: Plan, label: string): Uint8Array | undefined
  reply(reply: Reply): Uint8Array | undefined
}

/** How many channels are written to what may be a native `EventSource`. */
export interface ChannelsSseWire extends ChannelsWire {
  /** Where the client stands in all its channels: a block that has an `id` alone, and is no event. */
  cursor(token: string): Uint8Array
}
