import type { Gap } from '@steadystream/core'
import type { Block } from './blocks.ts'
import type { ChannelLog } from './channel-log.ts'
import type { Cursor } from './connection-rules.ts'
import type { SimulatedServer } from './server.ts'

/** What a ledger checks against. */
export interface Witness {
  readonly log: ChannelLog
  readonly honestGaps: SimulatedServer['honestGaps']
  /** Link that an event was read from. */
  linkOf(number: number): number | undefined
  /** Number of the link that the client reads from now. */
  openLink(): number | undefined
  /** How many events before the asked-for place a server with plain ids sends again. */
  readonly repeats: number
  fail(message: string): void
}

/**
 * One subscriber's account of what it was given. Each kind of server lets a client know more or less, and so each has
 * a ledger of its own.
 */
export interface Ledger {
  /**
   * What comes next is what follows here; with an empty cursor, whatever the connection reads first. A stream that the
   * user closed and started anew is resumed.
   */
  begin(cursor: Cursor, isResumed: boolean): void
  /** The connection read a block: the first that has a place gives one to a ledger that has none. */
  read(block: Block): void
  event(number: number, id: string): void
  gap(gap: Gap): void
  /** ID that the last item left behind. */
  readonly id: string
  /** Whether everything up to the last published event was given or declared. */
  isComplete(): boolean
}
