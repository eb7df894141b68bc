import { keysOf, readableIn, topIn } from './archive.ts'
import { isForMessages } from './fault-scene.ts'

import type { Keyspace } from './redis/keyspace.ts'
import type { Faults, FaultScene } from './fault-scene.ts'
import type { ServerFault } from './server-coverage.ts'

/** What happens to Redis itself, and to what it keeps. */
export function dataFaults(scene: FaultScene): { readonly faults: Faults; takeSnapshot(): void } {
  const { random, stage } = scene
  const { world, scenario, redis, network, truth } = stage
  const { process } = redis
  let snapshot: Keyspace | undefined
  const downMs = () => (random.chance(0.5) ? random.whole(10, 500) : random.whole(500, 8000))

  /** What is read back without the hash of a channel cannot be told from what is there whose hash was deleted. */
  const isWhole = (store: Keyspace) =>
    scenario.labels.every((label) => store.meta(keysOf(label).meta) || !store.log(keysOf(label).log))

  /** What is there after a loss, and what may be said of it. */
  function restore(had: Keyspace, next: Keyspace): Keyspace {
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
      truth.excuse([keys.meta])
    }
    return next
  }

  /** @param lagMs what the one that takes over does not have */
  function failOver(fault: ServerFault, lagMs: number): void {
    const replica = process.store.copy()
    world.onServer(lagMs, () => {
      if (!network.isTroubled || !process.isUp || !isWhole(replica)) return
      scene.everywhere(fault)
      const next = lagMs === 0 ? process.store.copy() : replica
      process.replace(restore(process.store, next))
      const isDemoted = random.chance(0.5)
      if (isDemoted) scene.everywhere('replica answers')
      for (const each of redis.connections()) {
        each.isDemoted = true
        // Those who read are cut off in any case.
        if (!isDemoted || isForMessages(each)) each.kill()
      }
    })
  }

  const faults: Faults = {
    'crash with everything'() {
      if (!scenario.isDurable || !process.isUp) return
      scene.everywhere('crash with everything')
      process.crash(downMs(), (had) => had)
    },
    'crash with a snapshot'() {
      const own = random.chance(0.5) ? process.store.copy() : snapshot
      if (scenario.isDurable || !own || !isWhole(own) || !process.isUp) return
      scene.everywhere('crash with a snapshot')
      process.crash(downMs(), (had) => restore(had, own.copy()))
    },
    'crash with nothing'() {
      if (!process.isUp) return
      scene.everywhere('crash with nothing')
      process.crash(downMs(), (had) => restore(had, had.empty()))
    },
    failover: () => failOver('failover', 0),
    'failover to an older replica': () => failOver('failover to an older replica', random.whole(100, 4000)),
    flushed() {
      scene.everywhere('flushed')
      truth.excuse(process.store.channels())
      process.store.clear()
    },
    'hash deleted'() {
      const keys = keysOf(random.pick(scenario.labels))
      // Nor before anybody has asked since a restart, for the same reason.
      if (process.store.meta(keys.meta)?.r !== process.run) return
      scene.everywhere('hash deleted')
      // Without it nobody knows what the process began with: who has seen events in another one may ask for a new life.
      truth.excuse([keys.meta])
      process.store.delete(keys.meta)
    },
    'stream deleted'() {
      scene.everywhere('stream deleted')
      const keys = keysOf(random.pick(scenario.labels))
      if (!process.store.meta(keys.meta)) truth.excuse([keys.meta])
      process.store.delete(keys.log)
    },
    'entry deleted'() {
      const log = process.store.log(keysOf(random.pick(scenario.labels)).log)
      if (!log || log.items.length === 0) return
      scene.everywhere('entry deleted')
      const gone = random.pick(log.items)
      log.items = log.items.filter((item) => item !== gone)
    },
    'scripts forgotten'() {
      scene.everywhere('scripts forgotten')
      process.forgetScripts()
    },
    'out of memory'() {
      scene.everywhere('out of memory')
      process.isFull = true
      world.onServer(random.whole(200, 5000), () => (process.isFull = false))
    },
  }
  return {
    faults,
    takeSnapshot() {
      snapshot = process.store.copy()
    },
  }
}
