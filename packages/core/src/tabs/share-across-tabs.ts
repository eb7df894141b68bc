import { tabApis } from '../env.ts'
import { createChannelRelay } from './channel-relay.ts'
import { groupKey } from './group-key.ts'
import { createTabChoice } from './tab-choice.ts'

import type { RelayChannels } from './channel-relay.ts'
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
export const shareAcrossTabs = (options: TabOptions = {}): TabSharing => share(options)

/** As {@link shareAcrossTabs}, for a channel client: it follows the channels of all tabs over one connection. */
export const shareChannelsAcrossTabs = (options: TabOptions = {}): TabSharing => share(options, createChannelRelay)

function share({ identity, name, ...given }: TabOptions, relayChannels?: RelayChannels): TabSharing {
  return (transports, kind = 'stream') => {
    if (kind === 'channels' && !relayChannels) throw new TypeError('a channel client takes shareChannelsAcrossTabs')
    const key = groupKey(transports, identity, name, kind)
    const apis = { ...tabApis(), ...given }
    const { locks, BroadcastChannel } = apis
    const [first] = transports
    if (!locks || !BroadcastChannel || transports.some(({ isUnsafe }) => isUnsafe)) return transports
    const marker = {
      ...first,
      poolKey: first.poolKey && ['tabs', key],
      // What is chosen between is known.
      choose: (_: unknown, host: ChoiceHost) =>
        createTabChoice(transports, key, { locks, BroadcastChannel }, relayChannels, host),
    }
    return [marker, ...transports]
  }
}
