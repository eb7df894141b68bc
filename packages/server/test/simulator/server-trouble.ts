import { keysOf, readableIn, topIn } from './archive.ts'
import { readerKinds } from './server-scenario.ts'

import type { Keyspace } from './redis/keyspace.ts'
import type { SimServer } from './fleet.ts'
import type { ServerFault, Standing } from './server-coverage.ts'
import type { ServerStage } from './server-stage.ts'

const rareStandings = ['catching up', 'catching up', 'draining', 'idle', 'joining'] as const
const lookMs = 3
const mostLooks = 300

/** Has things go wrong, one after the other, until the time for that is over. */
export function createServerTrouble(stage: ServerStage): { act(): void } {
  const { world, scenario, redis, fleet, network, truth, hit } = stage
  const random = stage.random.fork()
  const { process } = redis
  let snapshot: Keyspace | undefined
  let aim: SimServer | undefined

  /** What is read back without the hash of a channel cannot be told from what is there whose hash was deleted. */
  const isWhole = (store: Keyspace) =>
    scenario.labels.every((label) => store.meta(keysOf(label).meta) || !store.log(keysOf(label).log))

  /** What is there after a loss, and what may be said of it. */
  function restore(had: Keyspace, next: Keyspace, isTrusted: boolean): Keyspace {
    for (const label of scenario.labels) {
      const keys = keysOf(label)
      const before = new Set(readableIn(had, keys))
      for (const entry of readableIn(next, keys)) if (!before.has(entry)) entry.cameBack = true
      const [oldTop, newTop] = [topIn(had, keys), topIn(next, keys)]
      truth.lose(oldTop, newTop)
      if (newTop && newTop.epoch !== oldTop?.epoch) {
        const [life] = truth.find(keys.meta, { epoch: newTop.epoch, offset: 0 })
        if (life) life.cameBack = true
      }
      if (!isTrusted || oldTop !== newTop) truth.excuse([keys.meta])
    }
    return next
  }

  const hitAll = (fault: ServerFault) => {
    for (const server of fleet.servers) if (server.phase !== 'gone') hit(fault, server)
  }
  const everywhere = (fault: ServerFault) => {
    world.trace(`Redis: ${fault}`)
    hitAll(fault)
  }
  const at = (fault: ServerFault, server: SimServer) => {
    world.trace(`server ${server.number}: ${fault}`)
    hit(fault, server)
  }
  /** The one that lies where it was waited for, or any. */
  const anyone = (): SimServer =>
    aim && aim.phase !== 'gone' ? aim : random.pick(fleet.servers.filter(({ phase }) => phase !== 'gone'))
  const isForMessages = ({ names }: { readonly names: ReadonlySet<string> }) => names.size > 0
  const downMs = () => (random.chance(0.5) ? random.whole(10, 500) : random.whole(500, 8000))

  const faults: Partial<Record<ServerFault, () => void>> = {
    'message link killed'() {
      const server = anyone()
      at('message link killed', server)
      for (const each of redis.connections(server.number)) if (isForMessages(each)) each.kill()
    },
    'command link killed'() {
      const server = anyone()
      at('command link killed', server)
      for (const each of redis.connections(server.number)) if (!isForMessages(each)) each.kill()
    },
    'all links killed'() {
      everywhere('all links killed')
      for (const each of redis.connections()) each.kill()
    },
    'message lost'() {
      const server = anyone()
      at('message lost', server)
      for (const each of redis.connections(server.number)) each.loseNext()
    },
    'output buffer overflows'() {
      // It may, as of now.
      for (const each of redis.connections(anyone().number))
        if (isForMessages(each)) each.stall(random.whole(500, 6000))
    },
    'Redis hangs'() {
      everywhere('Redis hangs')
      process.hang(random.whole(100, 8000))
    },
    'unreachable for a while'() {
      const server = anyone()
      at('unreachable for a while', server)
      redis.partition(server.number, random.whole(200, 9000))
    },
    'links go dead'() {
      const server = anyone()
      at('links go dead', server)
      for (const each of redis.connections(server.number)) if (random.chance(0.7)) each.stall(Infinity)
    },
    'crash with everything'() {
      if (!scenario.isDurable || !process.isUp) return
      everywhere('crash with everything')
      process.crash(downMs(), (had) => had)
    },
    'crash with a snapshot'() {
      const own = random.chance(0.5) ? process.store.copy() : snapshot
      if (scenario.isDurable || !own || !isWhole(own) || !process.isUp) return
      everywhere('crash with a snapshot')
      process.crash(downMs(), (had) => restore(had, own.copy(), false))
    },
    'crash with nothing'() {
      if (!process.isUp) return
      everywhere('crash with nothing')
      process.crash(downMs(), (had) => restore(had, had.empty(), false))
    },
    failover: () => failOver('failover', 0),
    'failover to an older replica': () => failOver('failover to an older replica', random.whole(100, 4000)),
    flushed() {
      everywhere('flushed')
      truth.excuse(process.store.channels())
      process.store.clear()
    },
    'hash deleted'() {
      const keys = keysOf(random.pick(scenario.labels))
      // Nor before anybody has asked since a restart, for the same reason.
      if (process.store.meta(keys.meta)?.r !== process.run) return
      everywhere('hash deleted')
      if (!process.store.log(keys.log)) truth.excuse([keys.meta])
      process.store.delete(keys.meta)
    },
    'stream deleted'() {
      everywhere('stream deleted')
      const keys = keysOf(random.pick(scenario.labels))
      if (!process.store.meta(keys.meta)) truth.excuse([keys.meta])
      process.store.delete(keys.log)
    },
    'entry deleted'() {
      const log = process.store.log(keysOf(random.pick(scenario.labels)).log)
      if (!log || log.items.length === 0) return
      everywhere('entry deleted')
      const gone = random.pick(log.items)
      log.items = log.items.filter((item) => item !== gone)
    },
    'scripts forgotten'() {
      everywhere('scripts forgotten')
      process.forgetScripts()
    },
    'out of memory'() {
      everywhere('out of memory')
      process.isFull = true
      world.onServer(random.whole(200, 5000), () => (process.isFull = false))
    },
    'server killed'() {
      const server = anyone()
      at('server killed', server)
      fleet.kill(server)
      replace()
    },
    'server drained'() {
      const server = anyone()
      if (server.phase !== 'up') return
      at('server drained', server)
      fleet.drain(server, random.pick([0, 500, 5000]))
      replace()
    },
    'client cut by error': () => network.cut(anyone(), 'error'),
    'client cut by end': () => network.cut(anyone(), 'end'),
    'client cut in silence': () => network.cut(anyone(), 'silence'),
    'reader left'() {
      const open = stage.readers.filter(({ isOpen }) => isOpen)
      if (open.length < 2) return
      hitAll('reader left')
      random.pick(open).close()
    },
    'reader came'() {
      if (stage.readers.length > 12) return
      hitAll('reader came')
      stage.join(random.pick(readerKinds))
    },
  }

  function replace(): void {
    const start = () => {
      if (fleet.up.length >= scenario.servers) return
      fleet.start()
      hitAll('server started')
    }
    if (fleet.up.length === 0 || random.chance(0.3)) start()
    else world.onServer(random.whole(500, 6000), start)
  }

  /** @param lagMs what the one that takes over does not have */
  function failOver(fault: ServerFault, lagMs: number): void {
    const replica = process.store.copy()
    world.onServer(lagMs, () => {
      if (!network.isTroubled || !process.isUp || !isWhole(replica)) return
      everywhere(fault)
      const next = lagMs === 0 ? process.store.copy() : replica
      process.replace(restore(process.store, next, false))
      const isDemoted = random.chance(0.5)
      if (isDemoted) everywhere('replica answers')
      for (const each of redis.connections()) {
        each.isDemoted = true
        // Those who read are cut off in any case.
        if (!isDemoted || isForMessages(each)) each.kill()
      }
    })
  }

  const names = Object.keys(faults) as (keyof typeof faults)[] // the keys above
  const strike = () => faults[random.pick(names)]?.()

  /** Waits for a server to stand where servers seldom stand, and strikes there. */
  function lurk(standing: Standing, looks: number): void {
    if (!network.isTroubled || looks === 0) return
    aim = fleet.servers.find((server) => server.phase !== 'gone' && fleet.standing(server) === standing)
    if (aim) strike()
    else world.onServer(lookMs, () => lurk(standing, looks - 1))
    aim = undefined
  }

  return {
    act() {
      if (random.chance(0.2)) snapshot = process.store.copy()
      strike()
      // Troubles seldom come alone.
      if (random.chance(0.3)) world.onServer(random.whole(0, 400), () => network.isTroubled && strike())
      if (random.chance(0.2)) lurk(random.pick(rareStandings), mostLooks)
    },
  }
}
