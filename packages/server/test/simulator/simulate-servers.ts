import { forgetTransports } from '../../../core/test/simulator/globals.ts'
import { playOut } from '../../../core/test/simulator/play-out.ts'
import { createServerTrouble } from './server-trouble.ts'
import { setServerStage } from './server-stage.ts'
import { installVirtualTime } from './virtual-globals.ts'

import type { Outcome } from '../../../core/test/simulator/simulate.ts'
import type { ServerStage } from './server-stage.ts'

/** How long everything may take to come to rest without further trouble. */
const recoveryMs = 240_000
// A channel is followed for a second longer than anybody wants it; looked at four times a second.
const lingerMs = 5000
const latestJoinMs = 2500
const longestRunSteps = 200_000

/** Plays one run of several servers on one Redis from beginning to end. Equal seeds give equal runs. */
export async function simulateServers(seed: number): Promise<Outcome> {
  const stage = setServerStage(seed)
  const { world, scenario, readers, network, counts } = stage
  world.trace(JSON.stringify(scenario))
  forgetTransports()
  const restore = installVirtualTime(world, stage.random.fork())
  await playOut(world, () => play(stage), restore)
  const { failure, lines } = world
  const events = readers.reduce((sum, { given }) => sum + given, 0)
  return { seed, failure, lines, events, links: network.requests(), coverage: counts }
}

async function play(stage: ServerStage): Promise<void> {
  const { world, scenario, fleet } = stage
  for (let n = 0; n < scenario.servers; n++) fleet.start()
  for (const kind of scenario.readers) world.onClient(stage.random.whole(0, latestJoinMs), () => stage.join(kind))
  beginTrouble(stage)
  await runUntil(stage, scenario.troubleMs, () => false)
  await recover(stage)
  await leave(stage)
}

function beginTrouble(stage: ServerStage): void {
  const { world, random, scenario, network, publishers } = stage
  const { publishEveryMs, faultEveryMs } = scenario
  const trouble = createServerTrouble(stage)
  const publish = () => {
    if (!network.isTroubled) return
    publishers.publish(random.pick(scenario.labels), random.chance(0.2) ? random.whole(2, 9) : 1)
    world.onServer(random.whole(1, publishEveryMs * 2), publish)
  }
  const act = () => {
    if (!network.isTroubled) return
    trouble.act()
    world.onServer(random.whole(0, faultEveryMs), act)
  }
  world.onServer(0, publish)
  if (faultEveryMs > 0) world.onServer(random.whole(0, faultEveryMs), act)
}

/** Trouble ends, and everybody gets or is told of everything, without another event that would show what is missing. */
async function recover(stage: ServerStage): Promise<void> {
  const { world, scenario, network, publishers, readers, fleet } = stage
  network.isTroubled = false
  stage.redis.process.isFull = false
  while (fleet.up.length < 1) fleet.start()
  if (scenario.faultEveryMs > 0 && stage.random.chance(0.3)) loseLast(stage)
  const isSettled = () => publishers.waiting === 0 && readers.every((reader) => !reader.isOpen || reader.isComplete())
  await settle('when trouble was over')
  // From each of them, as what a server knows of a channel shows when it publishes.
  for (const server of fleet.up)
    world.onServer(0, () => scenario.labels.forEach((label) => publishers.publish(label, 1, server)))
  await runUntil(stage, world.now() + 100, () => false)
  await settle('after one more event')
  checkConfirmed(stage)
  if (scenario.ending !== 'complete' || world.failure !== undefined) return
  world.onServer(0, () => scenario.labels.forEach((label) => complete(label)))
  await runUntil(stage, world.now() + recoveryMs, () => readers.every(({ isOpen }) => !isOpen))
  const waiting = readers.filter(({ isOpen }) => isOpen)
  if (waiting.length > 0) world.fail(`not told that it is over: ${waiting.map((each) => each.describe()).join(', ')}`)

  /** A link may be away even now; it is soon noticed. */
  function complete(label: string): void {
    fleet.up[0]?.realtime.complete(label).catch((error: unknown) => {
      world.trace(`${label} is not completed: ${String(error)}`)
      world.onServer(500, () => complete(label))
    })
  }

  async function settle(when: string): Promise<void> {
    await runUntil(stage, world.now() + recoveryMs, isSettled)
    if (world.failure !== undefined || isSettled()) return
    const late = readers.filter((reader) => reader.isOpen && !reader.isComplete()).map((reader) => reader.describe())
    const tops = scenario.labels.map((label) => `${label} ${stage.archive.top(label)?.offset}`)
    world.fail(`not everything was delivered or declared ${when}: ${late.join(', ')}; ${publishers.waiting} not confirmed; tops ${tops.join(', ')}`) // prettier-ignore
  }
}

/** Of the last message of a channel, no later one shows that it is missing. */
function loseLast({ world, random, scenario, redis, fleet, publishers }: ServerStage): void {
  const label = random.pick(scenario.labels)
  const server = random.pick(fleet.up)
  world.onServer(0, () => {
    world.trace(`server ${server.number}: message lost`)
    for (const each of redis.connections(server.number)) each.loseNext()
    publishers.publish(label, 1)
  })
}

/** What a server promised that is still there to tell has reached everybody, or they were told that it is gone. */
function checkConfirmed({ world, publishers, readers, fleet }: ServerStage): void {
  for (const confirmed of publishers.confirmed) {
    if (!fleet.up.includes(confirmed.by)) continue
    for (const reader of readers) {
      if (!reader.isOpen || reader.accountsFor(confirmed)) continue
      const { epoch, offset, number } = confirmed.entry
      return world.fail(`${reader.name} neither has #${number} of ${confirmed.label}, ${epoch}:${offset}, nor was told that it is gone`) // prettier-ignore
    }
  }
}

/** Everybody leaves, then the servers close; what is held then is a leak. */
async function leave(stage: ServerStage): Promise<void> {
  const { world, readers, fleet, network, redis } = stage
  world.onClient(0, () => readers.forEach((reader) => reader.close()))
  await runUntil(stage, world.now() + lingerMs, () => false)
  if (world.failure !== undefined) return
  const kept = {
    requests: network.open(),
    connections: readers.reduce((sum, { leftovers }) => sum + leftovers(), 0),
    sessions: fleet.up.reduce((sum, { realtime }) => sum + realtime.health().connections, 0),
    subscribed: fleet.up.reduce((sum, { backplane }) => sum + backplane.stats().remoteSubscriptions, 0),
    namesInRedis: redis.connections().reduce((sum, { names }) => sum + names.size, 0),
  }
  if (Object.values(kept).some(Boolean)) return world.fail(`when all had left there were left: ${JSON.stringify(kept)}`)
  world.onServer(0, () => fleet.up.forEach((server) => fleet.drain(server, 0)))
  let isClosed = false
  void fleet.closed().then(() => (isClosed = true))
  await runUntil(stage, world.now() + 30_000, () => fleet.servers.every(({ phase }) => phase === 'gone'))
  void fleet.closed().then(() => (isClosed = true))
  await runUntil(stage, world.now() + 1000, () => false)
  const left = { isClosed, timers: world.libraryTimers(), links: redis.connections().length }
  if (!isClosed || left.timers + left.links > 0) world.fail(`after close() there are left: ${JSON.stringify(left)}`)
}

async function runUntil({ world }: ServerStage, until: number, isDone: () => boolean): Promise<void> {
  for (let steps = 0; world.failure === undefined && !isDone(); steps++) {
    if (steps > longestRunSteps) return world.fail(`the run does not come to rest in ${longestRunSteps} steps`)
    if (!(await world.step(until))) return
  }
}
