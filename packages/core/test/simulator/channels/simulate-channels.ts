import { parsePosition } from '@steadystream/core/protocol'

import { stepsBetween } from '../../../src/resume.ts'
import { createRandom } from '../../support/random.ts'
import { createTabWorld } from '../../support/tab-world.ts'
import { forgetTransports, replaceGlobals, virtualTimers } from '../globals.ts'
import { playOut } from '../play-out.ts'
import { instantDigest } from '../tabs/instant-digest.ts'
import { createWorld } from '../world.ts'
import { takeSeat } from './channel-seat.ts'
import { drawChannelScenario } from './channel-scenario.ts'
import { createChannelServer } from './channel-server.ts'
import { beginChannelTrouble } from './channel-trouble.ts'
import { followChannel } from './channel-user.ts'

import type { Clock } from '@steadystream/core'
import type { TabWorld } from '../../support/tab-world.ts'
import type { Outcome } from '../simulate.ts'
import type { World } from '../world.ts'
import type { Random } from '../../support/random.ts'
import type { ChannelFault, ChannelScenario } from './channel-scenario.ts'
import type { Seat } from './channel-seat.ts'
import type { ChannelSimServer } from './channel-server.ts'
import type { ChannelUser } from './channel-user.ts'

/** Everything that takes part in a run of channel clients. */
export interface ChannelStage {
  readonly world: World
  readonly random: Random
  readonly scenario: ChannelScenario
  readonly server: ChannelSimServer
  readonly browser: TabWorld
  readonly seats: Seat[]
  readonly users: ChannelUser[]
  readonly hit: (fault: ChannelFault) => void
  /** One more client. */
  open(): void
  /** One more subscription, of a client that is there. */
  join(): void
  someSeat(): Seat | undefined
}

const recoveryMs = 900_000
const longestRunSteps = 100_000

/** Plays one run of a channel client, or of several in tabs that share, from beginning to end. Equal seeds give equal runs. */
export async function simulateChannels(seed: number): Promise<Outcome> {
  const counts: Record<string, number> = {}
  const stage = setStage(seed, (fault) => (counts[fault] = (counts[fault] ?? 0) + 1))
  const { world, scenario, users, seats } = stage
  world.trace(JSON.stringify(scenario))
  forgetTransports()
  const restoreDigest = instantDigest()
  const restore = replaceGlobals(virtualTimers(world))
  await playOut(world, () => play(stage), restore, restoreDigest)
  const { failure, lines } = world
  const events = users.reduce((sum, { given }) => sum + given, 0)
  const links = seats.reduce((sum, { network }) => sum + network.dials(), 0)
  return { seed, failure, lines, events, links, coverage: counts }
}

function setStage(seed: number, hit: ChannelStage['hit']): ChannelStage {
  const random = createRandom(seed)
  const scenario = drawChannelScenario(random)
  const world = createWorld(random.fork())
  const server = createChannelServer(world, random.fork(), scenario, hit)
  const network = random.fork()
  const delays = random.fork()
  const ways: Clock = { ...world.clock, now: () => world.now(), after: (ms, act) => world.onClient(ms, act) }
  const browser = createTabWorld(ways, () => delays.whole(1, scenario.messageMs), world.clock)
  const seen = new Map<string, string[]>()
  const stage: ChannelStage = {
    ...{ world, random, scenario, server, browser, hit },
    seats: [],
    users: [],
    open() {
      const name = scenario.tabs ? `tab ${stage.seats.length}` : 'client'
      const tab = scenario.tabs ? browser.open(name) : undefined
      stage.seats.push(takeSeat(world, network.fork(), scenario, server, hit, name, tab))
    },
    join() {
      const seat = stage.someSeat()
      if (seat) stage.users.push(followChannel(world, random, scenario, server, seat, hit, seen))
    },
    someSeat() {
      const seats = stage.seats.filter(({ tab, isClosed }) => !isClosed && (!tab || tab.state === 'alive'))
      return seats.length ? random.pick(seats) : undefined
    },
  }
  server.isAhead = (label, lostAt) => {
    if (stage.seats.some(({ network }) => network.links(lostAt))) return true
    const end = parsePosition(server.logs.get(label)?.top() ?? '')
    const isBeyond = (place: string) => stepsBetween(end, parsePosition(place)) > 0
    if (stage.users.some((user) => user.label === label && user.isOpen && isBeyond(user.at))) return true
    // From here on they mean something else.
    const places = seen.get(label) ?? []
    places.splice(0, Infinity, ...places.filter((place) => !isBeyond(place)))
    return false
  }
  return stage
}

const linksOf = ({ seats }: ChannelStage) => seats.reduce((sum, { network }) => sum + network.links(), 0)

async function play(stage: ChannelStage): Promise<void> {
  const { world, scenario, server, users } = stage
  world.onClient(0, () => {
    for (let n = 0; n < (scenario.tabs || 1); n++) stage.open()
    stage.join()
    stage.join()
  })
  const heal = beginChannelTrouble(stage)
  await runUntil(stage, scenario.troubleMs, () => false)
  server.isTroubled = false
  world.onServer(0, heal)
  // What was told too late shows when something comes behind it.
  world.onServer(60_000, () => scenario.labels.forEach((label) => server.publish(label)))
  const settledFrom = world.now() + 60_000
  // A tab that leads and cannot keep up goes on by itself when another one comes.
  const mostLinks = scenario.slowShare ? Infinity : 1
  const isSettled = () =>
    world.now() > settledFrom && users.every((user) => !user.isOpen || user.isComplete()) && linksOf(stage) <= mostLinks
  await runUntil(stage, world.now() + recoveryMs, isSettled)
  if (world.failure === undefined && !isSettled()) {
    const waiting = users.filter((user) => user.isOpen && !user.isComplete())
    const shown = waiting.map(({ name, subscription: { state, position } }) => `${name} ${state} at ${position}`)
    world.fail(
      `not everything was delivered or declared when trouble was over: ${shown.join(', ')}; ${linksOf(stage)} links`,
    )
  }
  // An answer that never comes is waited for, also by a machine that sleeps.
  await runUntil(stage, world.now() + 240_000, () => !inVain(stage).length)
  if (world.failure === undefined && inVain(stage).length)
    world.fail(`nobody uses what is followed: ${inVain(stage).join(', ')}`)
  await leave(stage)
}

/** Channels that the server sends, and nobody uses. */
function inVain({ server, users }: ChannelStage): readonly string[] {
  // A tab that is killed cannot say what it leaves.
  const used = users.filter(({ isOpen, seat }) => isOpen || !seat.isThere).map(({ label }) => label)
  return [...server.sessions.values()].flatMap(({ follows }) =>
    [...follows.keys()].filter((label) => !used.includes(label)),
  )
}

/** All close; what is still there is a leak. */
async function leave(stage: ChannelStage): Promise<void> {
  const { world, seats, browser } = stage
  world.onClient(0, () => seats.forEach((seat) => seat.isThere && seat.close()))
  const isAllThere = seats.every(({ isThere }) => isThere)
  const count = () => ({
    ...browser.left(),
    links: linksOf(stage),
    // Those of a tab that was killed are nobody's.
    timers: isAllThere ? world.libraryTimers() : 0,
    connections: seats.reduce(
      (sum, { isThere, manager }) => sum + (isThere ? manager.getActiveConnections().length : 0),
      0,
    ),
  })
  const isAnythingLeft = () => Object.values(count()).some(Boolean)
  await runUntil(stage, world.now() + 400_000, () => !isAnythingLeft())
  if (world.failure === undefined && isAnythingLeft())
    world.fail(`after close() there are left: ${JSON.stringify(count())}`)
}

async function runUntil({ world }: ChannelStage, until: number, isDone: () => boolean): Promise<void> {
  for (let steps = 0; world.failure === undefined && !isDone(); steps++) {
    if (steps > longestRunSteps) return world.fail(`the run does not come to rest in ${longestRunSteps} steps`)
    if (!(await world.step(until))) return
  }
}
