import {
  createChannelClient,
  createStreamManager,
  polling,
  shareChannelsAcrossTabs,
  sse,
  webSocket,
} from '@steadystream/core'

import { createChannelNetwork } from './channel-network.ts'

import type { ChannelClient, StreamManager, TransportFactory } from '@steadystream/core'
import type { PlayedTab } from '../../support/tab-world.ts'
import type { Random } from '../../support/random.ts'
import type { World } from '../world.ts'
import type { ChannelNetwork } from './channel-network.ts'
import type { ChannelFault, ChannelScenario } from './channel-scenario.ts'
import type { ChannelSimServer } from './channel-server.ts'

/** A client, and where it runs: a tab among others that share, or a page of its own. */
export interface Seat {
  readonly name: string
  readonly tab: PlayedTab | undefined
  readonly client: ChannelClient
  readonly manager: StreamManager
  readonly network: ChannelNetwork
  /** Whether its page is still there, awake or not. */
  readonly isThere: boolean
  /** Whether its user has closed the client. */
  readonly isClosed: boolean
  close(): void
}

export function takeSeat(
  world: World,
  random: Random,
  scenario: ChannelScenario,
  server: ChannelSimServer,
  hit: (fault: ChannelFault) => void,
  name: string,
  tab?: PlayedTab,
): Seat {
  const network = createChannelNetwork(world, random, scenario, server, hit, name, tab)
  const { fetch, WebSocket } = network
  const transports: Record<ChannelScenario['transports'][number], TransportFactory> = {
    sse: sse('', { fetch }),
    websocket: webSocket('ws', { WebSocket }),
    polling: polling('poll', { fetch }),
  }
  const manager = createStreamManager()
  let isClosed = false
  let wasLesser = false
  const client = createChannelClient({
    url: 'https://channels.test/realtime',
    transports: scenario.transports.map((kind) => transports[kind]),
    manager,
    clock: tab?.clock ?? world.clock,
    tabs: tab && shareChannelsAcrossTabs({ identity: 'ann', ...tab.apis }),
    maxBufferedEvents: scenario.maxBufferedEvents,
    onStateChange({ state, reason, transport }) {
      world.trace(`${name}: ${state} (${reason}, ${transport})`)
      if (state !== 'connected' || scenario.transports.length < 2) return
      const isLesser = transport !== scenario.transports[0]
      if (isLesser) hit(tab ? 'fell back over tabs' : 'fell back')
      else if (wasLesser) hit(tab ? 'upgraded over tabs' : 'upgraded')
      wasLesser = isLesser
    },
    onError: ({ code, message }) => world.trace(`${name}: ${code} ${message}`),
  })
  return {
    name,
    tab,
    client,
    manager,
    network,
    get isThere() {
      return tab?.state !== 'dead'
    },
    get isClosed() {
      return isClosed
    },
    close() {
      isClosed = true
      client.close()
    },
  }
}
