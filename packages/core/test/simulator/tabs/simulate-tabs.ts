import { StreamError } from '@steadystream/core'

import { createNumbersServer } from '../../support/numbers-server.ts'
import { createRandom } from '../../support/random.ts'
import { createTabWorld } from '../../support/tab-world.ts'
import { forgetTransports } from '../globals.ts'
import { playOut } from '../play-out.ts'
import { createWorld } from '../world.ts'
import { instantDigest } from './instant-digest.ts'
import { createTabRules } from './tab-rules.ts'
import { createTabTrouble } from './tab-trouble.ts'
import { drawTabScenario } from './tab-scenario.ts'
import { openTabUser } from './tab-user.ts'

import type { Clock } from '@steadystream/core'
import type { NumbersServer } from '../../support/numbers-server.ts'
import type { Random } from '../../support/random.ts'
import type { TabWorld } from '../../support/tab-world.ts'
import type { Outcome } from '../simulate.ts'
import type { World } from '../world.ts'
import type { TabRules } from './tab-rules.ts'
import type { TabScenario, tabWorlds } from './tab-scenario.ts'
import type { TabUser } from './tab-user.ts'

/** Everything that takes part in a run with tabs. */
export interface TabStage {
  readonly world: World
  readonly random: Random
  readonly scenario: TabScenario
  readonly server: NumbersServer
  readonly browser: TabWorld
  readonly rules: TabRules
  readonly users: TabUser[]
  readonly counts: Record<string, number>
  open(): void
}

const recoveryMs = 300_000
const longestRunSteps = 60_000

/** Plays one run of several tabs from beginning to end. Equal seeds give equal runs. */
export async function simulateTabs(seed: number): Promise<Outcome> {
  const stage = setTabStage(seed)
  const { world, scenario, server, counts } = stage
  world.trace(JSON.stringify(scenario))
  forgetTransports()
  const restore = instantDigest()
  await playOut(world, () => play(stage), restore)
  const { failure, lines } = world
  return { seed, failure, lines, events: server.top, links: server.dials.length, coverage: counts }
}

function setTabStage(seed: number): TabStage {
  const random = createRandom(seed)
  const scenario = drawTabScenario(random)
  const world = createWorld(random.fork())
  const delays = random.fork()
  const ways: Clock = { ...world.clock, now: () => world.now(), after: (ms, act) => world.onServer(ms, act) }
  const browser = createTabWorld(ways, () => delays.whole(1, scenario.messageMs), world.clock)
  const server = createNumbersServer(ways, () => delays.whole(1, scenario.serverMs), scenario.speaks)
  const { transports, speaks } = scenario
  const counts: Record<string, number> = {}
  const hit = (what: (typeof tabWorlds)[number]) => (counts[what] = (counts[what] ?? 0) + 1)
  if (speaks !== 'positions') hit(`server of ${speaks}`)
  const stage: TabStage = {
    ...{ world, random, scenario, server, browser, counts },
    rules: createTabRules(world, server, browser, scenario),
    users: [],
    open() {
      const { length } = stage.users
      const tab = browser.open(`tab ${length}`)
      const fromStart = scenario.fromStart[length % 12] ?? false
      const isSlow = scenario.slow[length % 12] ?? false
      let hasFallen = false
      const connected = (name: string) => {
        if (name !== transports[0]) hit('fell back')
        else if (hasFallen) hit('upgraded')
        hasFallen = name !== transports[0]
      }
      stage.users.push(openTabUser(world, server, tab, { fromStart, isSlow, transports, connected }))
    },
  }
  server.onDial = (tab) => {
    world.trace(`${tab.name} dials ${server.dials.at(-1)}`)
    for (const user of stage.users) {
      if (user.tab !== tab) continue
      stage.rules.dialled(user)
      if (world.now() < user.notBefore) world.fail(`${tab.name} dials before ${user.notBefore} ms`)
    }
  }
  return stage
}

async function play(stage: TabStage): Promise<void> {
  const { world, scenario, server, random } = stage
  let isTroubled = true
  const look = () => {
    stage.rules.check(stage.users)
    if (isTroubled) world.onServer(500, look)
  }
  world.onServer(0, look)
  const publish = () => {
    if (!server.isComplete) server.publish(scenario.burst)
    if (isTroubled) world.onServer(random.whole(1, 2 * scenario.publishEveryMs), publish)
  }
  world.onServer(0, publish)
  const trouble = createTabTrouble(stage, () => isTroubled)
  if (scenario.completesAfterMs) world.onServer(scenario.completesAfterMs, () => server.complete())
  for (let n = 0; n < scenario.tabs; n++) world.onServer(random.whole(0, 3000), () => stage.open())
  await runUntil(stage, scenario.troubleMs, () => false)
  isTroubled = false
  trouble.heal()
  await recover(stage)
  await leave(stage)
}

const describe = ({ tab, stream, ledger }: TabUser) => `${tab.name} ${stream.state} #${ledger.last}`
const openUsers = ({ users }: TabStage) => users.filter(({ isOpen, tab }) => isOpen && tab.state !== 'dead')

/** Trouble ends: everybody has everything, over one connection. */
async function recover(stage: TabStage): Promise<void> {
  const { world, server, scenario } = stage
  await runUntil(stage, world.now() + 20_000, () => false)
  // Who is behind need not wait for the next event.
  const hasAll = () => openUsers(stage).every(({ ledger: { last = server.top } }) => last === server.top)
  if (server.speaks !== 'nothing') await runUntil(stage, world.now() + recoveryMs, hasAll)
  if (server.speaks !== 'nothing' && world.failure === undefined && !hasAll())
    world.fail(`behind #${server.top}: ${openUsers(stage).map(describe).join(', ')}`)
  world.onServer(0, () => {
    if (server.isComplete) return
    server.publish(1)
    if (scenario.ending === 'complete') server.complete()
  })
  const best = scenario.isBlockedForGood ? undefined : scenario.transports[0]
  const isUpToDate = () =>
    openUsers(stage).every(
      ({ stream, ledger: { last = server.top } }) =>
        (scenario.ending === 'complete'
          ? stream.state === 'disconnected'
          : stream.state === 'connected' && stream.transport === (best ?? stream.transport)) && last === server.top,
    )
  const isSettled = () =>
    isUpToDate() && server.open === (scenario.ending === 'complete' || !openUsers(stage).length ? 0 : 1)
  await runUntil(stage, world.now() + 100, () => false)
  await runUntil(stage, world.now() + recoveryMs, isUpToDate)
  // Who asked the server himself meets the one that leads at the next event.
  world.onServer(0, () => scenario.ending === 'complete' || server.publish(1))
  await runUntil(stage, world.now() + 100, () => false)
  await runUntil(stage, world.now() + recoveryMs, isSettled)
  if (world.failure !== undefined) return
  if (!isSettled()) {
    world.fail(`not at rest: ${server.open} links, #${server.top}, ${openUsers(stage).map(describe).join(', ')}`)
  }
}

/** All close; what is still there is a leak. */
async function leave(stage: TabStage): Promise<void> {
  const { world, server, browser } = stage
  for (const user of openUsers(stage))
    world.onServer(0, () => {
      user.isOpen = false
      user.stream.close()
    })
  await runUntil(stage, world.now() + 500, () => false)
  if (world.failure !== undefined) return
  const alive = stage.users.filter(({ tab }) => tab.state !== 'dead')
  const left = {
    ...browser.left(),
    links: server.open,
    connections: alive.reduce((sum, { manager }) => sum + manager.getActiveConnections().length, 0),
    listeners: alive.reduce((sum, { page }) => sum + page.listeners(), 0),
    timers: stage.users.every(({ tab }) => tab.state !== 'dead') ? world.libraryTimers() : 0,
  }
  if (Object.values(left).some((count) => count > 0))
    world.fail(`after close() there are left: ${JSON.stringify(left)}`)
}

async function runUntil({ world }: TabStage, until: number, isDone: () => boolean): Promise<void> {
  for (let steps = 0; world.failure === undefined && !isDone(); steps++) {
    if (steps > longestRunSteps) return world.fail(`the run does not come to rest in ${longestRunSteps} steps`)
    if (!(await world.step(until))) return
  }
}

export const refusal = (retryAfterMs: number) => new StreamError('HTTP', 'busy', { status: 503, retryAfterMs })
