import { createIdlessLedger } from './idless-ledger.ts'
import { createOpaqueLedger } from './opaque-ledger.ts'
import { createPositionLedger } from './position-ledger.ts'

import type { Gap } from '@steadystream/core'
import type { ChannelLog } from './channel-log.ts'
import type { Cursor } from './reading.ts'
import type { Overflow, Scenario } from './scenario.ts'
import type { SimulatedServer } from './server.ts'

/** What a ledger checks against. */
export interface Witness {
  readonly log: ChannelLog
  readonly honestGaps: SimulatedServer['honestGaps']
  /** Link that an event was read from. */
  linkOf(number: number): number | undefined
  /** Number of the link that the client reads from now. */
  openLink(): number | undefined
  /** Number of the last event that was read. */
  newest(): number
  /** How many events before the asked-for place a server with plain ids sends again. */
  readonly repeats: number
  readonly overflow: Overflow | undefined
  readonly fromStart: boolean
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
  /** The connection was told where it is: that gives a place to a ledger that has none. */
  placed(id: string): void
  /** The connection read an event: the first one gives a place, where nothing else does. */
  read(number: number): void
  event(number: number, id: string): void
  gap(gap: Gap): void
  /** ID that the last item left behind. */
  readonly id: string
  /** Whether everything up to the last published event was given or declared. */
  isComplete(): boolean
}

export function createLedger({ server: { profile } }: Scenario, witness: Witness): Ledger {
  if (profile === 'positions') return createPositionLedger(witness)
  return profile === 'no-ids' ? createIdlessLedger(witness) : createOpaqueLedger(witness)
}
