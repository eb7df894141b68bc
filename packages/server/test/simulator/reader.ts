import type { Random } from '../../../core/test/support/random.ts'
import type { World } from '../../../core/test/simulator/world.ts'
import type { Archive } from './archive.ts'
import type { ClientNetwork } from './client-network.ts'
import type { Confirmed } from './publishers.ts'
import type { ServerScenario } from './server-scenario.ts'

export interface Payload {
  readonly number: number
}

export const origin = 'https://servers.test'

/** Somebody who follows channels with the real client. */
export interface Reader {
  readonly name: string
  readonly given: number
  /** Not closed, and not told that all channels are over. */
  readonly isOpen: boolean
  isComplete(): boolean
  /** Whether it has this event of a channel that it follows, or was told of a gap. */
  accountsFor(confirmed: Confirmed): boolean
  /** What it waits for, in words. */
  describe(): string
  close(): void
  /** What is left of it once it is closed. */
  readonly leftovers: () => number
}

export interface ReaderSetup {
  readonly world: World
  readonly random: Random
  readonly scenario: ServerScenario
  readonly archive: Archive
  readonly network: ClientNetwork
}

/** Takes its time with some events, while things go wrong. */
export function pacer({ world, random, scenario, network }: ReaderSetup): () => Promise<void> | undefined {
  const isSlow = random.chance(scenario.slowShare)
  return () => {
    if (!isSlow || !network.isTroubled) return undefined
    const ms = random.chance(0.1) ? random.whole(1000, 15_000) : random.whole(1, 300)
    return new Promise((resolve) => void world.onClient(ms, resolve))
  }
}
