import type { LinkEvents, RedisLink } from '../../../src/backplanes/redis/driver.ts'
import type { Random } from '../../../../core/test/support/random.ts'
import type { World } from '../../../../core/test/simulator/world.ts'
import type { RedisProcess } from './redis-process.ts'

/** One connection of a server to Redis, seen from both ends. */
export interface RedisConnection {
  /** The server that holds it. */
  readonly owner: number
  readonly link: RedisLink
  /** What is subscribed over it. */
  readonly names: ReadonlySet<string>
  /** Whether it leads to what is a replica by now. */
  isDemoted: boolean
  /** Sends a message to whoever subscribed it; one over the limit costs the connection. */
  deliver(name: string, text: string): void
  /** Redis closes it. What is on its way to the server may be lost with it. */
  kill(): void
  /** Nothing passes for so long; for ever where that is `Infinity`, and nobody is told. */
  stall(ms: number): void
  /** The next message on it is lost, and nobody is told. */
  loseNext(): void
  /** The process that held it is no more. */
  orphan(): void
}

export interface ConnectionSetup {
  readonly world: Pick<World, 'now' | 'onServer'>
  readonly random: Random
  readonly redis: RedisProcess
  readonly owner: number
  readonly events: LinkEvents
  readonly latencyMs: number
  /** Messages that may wait for a server that does not read. */
  readonly maxWaiting: number
  readonly onOverflow: () => void
}

export function openConnection(setup: ConnectionSetup): RedisConnection {
  const { world, random, redis, owner, events, latencyMs } = setup
  const names = new Set<string>()
  const pending = new Set<(error: Error) => void>()
  let isHeld = true
  let isServed = true
  let stalledUntil = 0
  let waiting = 0
  let losesNext = false
  // Replies that were under way when the connection was reset are of an earlier time.
  let resets = 0

  /** One direction: in order, each a little late. */
  function direction(): (act: () => void) => void {
    let last = 0
    return (act) => {
      last = Math.max(last, world.now() + latencyMs + random.whole(0, 3), stalledUntil)
      if (last < Infinity) world.onServer(last - world.now(), act)
    }
  }
  const up = direction()
  const down = direction()

  function toServer(act: () => void): void {
    const sentIn = resets
    down(() => {
      if (isHeld && sentIn === resets) act()
    })
  }

  function exchange(work: () => unknown): Promise<unknown> {
    if (!isHeld) return Promise.reject(new Error('the connection is closed'))
    return new Promise((resolve, reject) => {
      pending.add(reject)
      const settle = (act: () => void) =>
        toServer(() => {
          pending.delete(reject)
          act()
        })
      const perform = () => {
        if (!isServed) return
        try {
          const reply = work()
          settle(() => resolve(reply))
        } catch (error) {
          settle(() => reject(error))
        }
      }
      up(() => isServed && redis.take(perform))
    })
  }

  function refuseAll(error: Error): void {
    isHeld = false
    const refused = [...pending]
    pending.clear()
    for (const reject of refused) reject(error)
  }

  function close(): void {
    isServed = false
    names.clear()
    redis.connections.delete(connection)
  }

  /** The server's end is gone; what it has sent may arrive all the same, and late. */
  function abandon(): void {
    if (stalledUntil < Infinity && random.chance(0.5)) up(() => redis.take(close))
    else close()
  }

  const connection: RedisConnection = {
    owner,
    names,
    isDemoted: false,
    link: {
      send: (args) =>
        exchange(() => {
          if (connection.isDemoted && args[0]?.startsWith('EVAL')) throw new Error("READONLY You can't write against a read only replica.") // prettier-ignore
          return redis.execute(args)
        }),
      subscribe: (wanted) => exchange(() => wanted.forEach((name) => names.add(name))),
      unsubscribe: (left) => exchange(() => left.forEach((name) => names.delete(name))),
      destroy() {
        if (!isHeld) return
        refuseAll(new Error('the connection was destroyed'))
        abandon()
      },
    },
    deliver(name, text) {
      if (!names.has(name)) return
      if (losesNext) {
        losesNext = false
        return
      }
      if (++waiting > setup.maxWaiting) {
        setup.onOverflow()
        return connection.kill()
      }
      toServer(() => {
        waiting--
        events.message(name, text)
      })
    },
    kill() {
      if (!isServed) return
      close()
      if (random.chance(0.5)) resets++
      toServer(() => {
        const error = new Error('Redis closed the connection')
        refuseAll(error)
        events.lost(error)
      })
    },
    stall(ms) {
      stalledUntil = Math.max(stalledUntil, world.now() + ms)
    },
    loseNext() {
      losesNext = true
    },
    orphan() {
      if (!isHeld) return
      refuseAll(new Error('the process is gone'))
      abandon()
    },
  }
  return connection
}
