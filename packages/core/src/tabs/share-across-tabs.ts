import { tabApis } from '../env.ts'
import { groupKey } from './group-key.ts'
import { createTabChoice } from './tab-choice.ts'

import type { TabApis } from '../env.ts'
import type { ChoiceHost } from '../transport-choice.ts'
import type { TabSharing } from '../transports/transport.ts'

export interface TabOptions extends Partial<TabApis> {
  /**
   * Who the events are for: a user's ID, and all else that decides what the server sends (a tenant, a role). Tabs share
   * only where it is equal. Required where headers or cookies authenticate.
   */
  readonly identity?: string | undefined
  /** Stands for the request in what tabs have to have in common. Required where the URL is a function. */
  readonly name?: string | undefined
}

/**
 * Has the tabs of an origin share one connection: pass the result to a stream as `tabs`. One tab holds the connection
 * and hands on what it brings; each has its own state, handlers and place in the stream. Without Web Locks or
 * BroadcastChannel, and for requests that may have effects, each tab has a connection of its own. Creating the stream
 * throws a `TypeError` where `identity` or `name` is missing.
 */
export function shareAcrossTabs({ identity, name, ...given }: TabOptions = {}): TabSharing {
  return (transports, kind = 'stream') => {
    const key = groupKey(transports, identity, name, kind)
    const apis = { ...tabApis(), ...given }
    const { locks, BroadcastChannel } = apis
    const [first] = transports
    // What tabs hand on is what a stream is told; channels have places of their own.
    if (kind === 'channels' || !locks || !BroadcastChannel || transports.some(({ isUnsafe }) => isUnsafe))
      return transports
    const marker = {
      ...first,
      poolKey: first.poolKey && ['tabs', key],
      // What is chosen between is known.
      choose: (_: unknown, host: ChoiceHost) => createTabChoice(transports, key, { locks, BroadcastChannel }, host),
    }
    return [marker, ...transports]
  }
}
