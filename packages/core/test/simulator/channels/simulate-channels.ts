import { createChannelClient, createStreamManager, polling, sse, webSocket } from '@steadystream/core'

import { createRandom } from '../../support/random.ts'
import { forgetTransports, replaceGlobals, virtualTimers } from '../globals.ts'
import { createWorld } from '../world.ts'
import { createChannelNetwork } from './channel-network.ts'
import { drawChannelScenario } from './channel-scenario.ts'
import { createChannelServer } from './channel-server.ts'
import { followChannel } from './channel-user.ts'

import type { ChannelClient, StreamManager, TransportFactory } from '@steadystream/core'
import type { Outcome } from '../simulate.ts'
import type { World } from '../world.ts'
import type { Random } from '../../support/random.ts'
import type { ChannelNetwork } from './channel-network.ts'
import type { ChannelFault, ChannelScenario } from './channel-scenario.ts'
import type { ChannelSimServer } from './channel-server.ts'
import type { ChannelUser } from './channel-user.ts'

/** Everything that takes part in a run of a channel client. */
interface Stage {
  readonly world: World
  readonly random: Random
  readonly scenario: ChannelScenario
  readonly server: ChannelSimServer
  readonly network: ChannelNetwork
  readonly manager: StreamManager
  readonly client: ChannelClient
  readonly users: ChannelUser[]
  readonly hit: (fault: ChannelFault) => void
}

const recoveryMs = 900_000
const longestRunSteps = 100_000

/** Plays one run of a channel client from beginning to end. Equal seeds give equal runs. */
export async function simulateChannels(seed: number): Promise<Outcome> {
  const counts: Record<string, number> = {}
  const stage = setStage(seed, (fault) => (counts[fault] = (counts[fault] ?? 0) + 1))
  const { world, scenario, users, network } = stage
  world.trace(JSON.stringify(scenario))
  forgetTransports()
  const restore = replaceGlobals(virtualTimers(world))
  try {
    await play(stage)
  } catch (error) {
    world.fail(`thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  } finally {
    restore()
  }
  const { failure, lines } = world
  const events = users.reduce((sum, { given }) => sum + given, 0)
  return { seed, failure, lines, events, links: network.dials(), coverage: counts }
}

function setStage(seed: number, hit: Stage['hit']): Stage {
  const random = createRandom(seed)
  const scenario = drawChannelScenario(random)
  const world = createWorld(random.fork())
  const server = createChannelServer(world, random.fork(), scenario, hit)
  const network = createChannelNetwork(world, random.fork(), scenario, server, hit)
  const { fetch, WebSocket } = network
  const transports: Record<ChannelScenario['transports'][number], TransportFactory> = {
    sse: sse('', { fetch }),
    websocket: webSocket('ws', { WebSocket }),
    polling: polling('poll', { fetch }),
  }
  const manager = createStreamManager()
  const client = createChannelClient({
    url: 'https://channels.test/realtime',
    transports: scenario.transports.map((kind) => transports[kind]),
    manager,
    clock: world.clock,
    maxBufferedEvents: scenario.maxBufferedEvents,
    onStateChange: ({ state, reason, transport }) => world.trace(`client: ${state} (${reason}, ${transport})`),
    onError: ({ code, message }) => world.trace(`client: ${code} ${message}`),
  })
  return { world, random, scenario, server, network, manager, client, users: [], hit }
}

async function play(stage: Stage): Promise<void> {
  const { world, scenario, server, users, client, manager, network } = stage
  const seen = new Map<string, string[]>()
  const join = () => users.push(followChannel(world, stage.random, scenario, server, client, stage.hit, seen))
  world.onClient(0, () => {
    join()
    join()
  })
  beginTrouble(stage, join)
  await runUntil(stage, scenario.troubleMs, () => false)
  server.isTroubled = false
  // What was told too late shows when something comes behind it.
  world.onServer(60_000, () => scenario.labels.forEach((label) => server.publish(label)))
  const settledFrom = world.now() + 60_000
  const isSettled = () => world.now() > settledFrom && users.every((user) => !user.isOpen || user.isComplete())
  await runUntil(stage, world.now() + recoveryMs, isSettled)
  if (world.failure === undefined && !isSettled()) {
    const waiting = users.filter((user) => user.isOpen && !user.isComplete())
    const shown = waiting.map(({ label, subscription: { state, position } }) => `${label} ${state} at ${position}`)
    world.fail(`not everything was delivered or declared when trouble was over: ${shown.join(', ')}`)
  }
  world.onClient(0, () => client.close())
  await runUntil(stage, world.now() + 400_000, () => network.links() === 0 && world.libraryTimers() === 0)
  const left = [network.links(), world.libraryTimers(), manager.getActiveConnections().length]
  if (world.failure === undefined && left.some(Boolean)) world.fail(`after close() there are left: ${String(left)}`)
}

function beginTrouble({ world, random, scenario, server, users, client, hit }: Stage, join: () => void): void {
  const publish = () => {
    if (!server.isTroubled) return
    for (let n = random.whole(1, 3); n > 0; n--) server.publish(random.pick(scenario.labels))
    world.onServer(random.whole(1, scenario.publishEveryMs * 2), publish)
  }
  const act = () => {
    if (!server.isTroubled) return
    const what = random.whole(0, 9)
    if (what <= 3 && users.length < 40) join()
    else if (what <= 6) random.pick(users).leave()
    else if (what === 7 && random.chance(0.3)) {
      hit('reconnected')
      client.reconnect()
    } else if (what === 8) {
      const label = random.pick(scenario.labels)
      client.publish(label, 'said').then(
        ({ position }) =>
          server.logs.get(label)?.byId(position) ?? world.fail(`published at ${position}, and is not there`),
        ({ code }: { readonly code: string }) =>
          code === 'UNCONFIRMED' ? hit('publication unconfirmed') : world.fail(`publishing failed with ${code}`),
      )
    } else if (random.chance(0.2)) {
      hit('machine sleeps')
      world.sleep(random.whole(1000, 120_000), random.chance(0.5))
    } else {
      hit('asked at once')
      // A channel is left, and somebody comes while the server is being told.
      const { label } = random.pick(users)
      for (const user of users) if (user.label === label && user.isOpen) user.leave()
      world.onClient(random.whole(0, scenario.latencyMs * 3), join)
      join()
    }
    world.onClient(random.whole(1, 6000), act)
  }
  world.onServer(0, publish)
  world.onClient(random.whole(1, 3000), act)
  if (random.chance(0.5)) world.onServer(random.whole(1000, scenario.troubleMs), () => server.restart())
}

async function runUntil({ world }: Stage, until: number, isDone: () => boolean): Promise<void> {
  for (let steps = 0; world.failure === undefined && !isDone(); steps++) {
    if (steps > longestRunSteps) return world.fail(`the run does not come to rest in ${longestRunSteps} steps`)
    if (!(await world.step(until))) return
  }
}
