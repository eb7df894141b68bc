import { keysOf } from './archive.ts'

import type { Random } from '../../../core/test/support/random.ts'
import type { World } from '../../../core/test/simulator/world.ts'
import type { Fleet, SimServer } from './fleet.ts'
import type { Entry, Truth } from './redis/truth.ts'

/** What a publisher was told. */
export interface Confirmed {
  readonly label: string
  readonly entry: Entry
  /** When it began to publish it, and when it knew. */
  readonly startedAt: number
  readonly at: number
  readonly by: SimServer
}

/** Those who publish, each event under a key of its own, again until it is taken. */
export interface Publishers {
  /** Publishes some at a time on one server. */
  publish(label: string, count: number, server?: SimServer): void
  /** Events that are not confirmed yet. */
  readonly waiting: number
  readonly confirmed: readonly Confirmed[]
}

interface PublishersSetup {
  readonly world: World
  readonly random: Random
  readonly fleet: Fleet
  readonly fillerBytes: number
  readonly truth: Truth
  /** When Redis last lost its scripts. */
  readonly scriptsForgottenAt: () => number
  readonly onRetry: (server: SimServer) => void
}

// A key holds for five minutes; a run that waits longer has another fault.
const patienceMs = 200_000
const mostWaiting = 20

export function numberOf(json: string): number {
  return (JSON.parse(json) as { readonly number: number }).number // nothing else is published
}

export function createPublishers({
  world,
  random,
  fleet,
  fillerBytes,
  truth,
  scriptsForgottenAt,
  onRetry,
}: PublishersSetup): Publishers {
  let last = 0
  let waiting = 0
  const confirmed: Confirmed[] = []

  /** @returns where it is, where the first attempt told. */
  async function publishOne(
    label: string,
    number: number,
    first: SimServer,
  ): Promise<{ epoch: string; offset: number } | undefined> {
    // prettier-ignore
    const startedAt = world.now()
    let server: SimServer | undefined = first
    waiting++
    for (let attempt = 1; ; attempt++) {
      try {
        const filler = 'x'.repeat((number * 7919) % fillerBytes)
        const position = await server?.realtime.publish(label, { number, filler }, { idempotencyKey: `k${number}` })
        if (!position) throw new Error('nobody is there')
        waiting--
        world.trace(`publisher: #${number} is ${label} ${position.epoch}:${position.offset}`)
        const entry = truth.find(keysOf(label).meta, position).findLast((each) => each.number === number)
        if (entry && server) confirmed.push({ label, entry, startedAt, at: world.now(), by: server })
        else world.fail(`#${number} of ${label} was confirmed as ${position.epoch}:${position.offset}, which it is not`)
        return attempt === 1 ? position : undefined
      } catch (error) {
        world.trace(`publisher: #${number} ${String(error)}`)
        if (world.now() - startedAt > patienceMs) {
          world.fail(`#${number} was not taken for ${patienceMs} ms`)
          return undefined
        }
        if (server) onRetry(server)
        await new Promise<void>((resolve) => void world.onServer(random.whole(50, 2500), resolve))
        server = random.chance(0.5) && server?.phase === 'up' ? server : fleet.up[random.whole(0, fleet.up.length - 1)]
      }
    }
  }

  return {
    publish(label, count, server = fleet.up[random.whole(0, fleet.up.length - 1)]) {
      if (!server || waiting > mostWaiting) return
      const startedAt = world.now()
      const numbers = Array.from({ length: count }, () => ++last)
      void Promise.all(numbers.map((number) => publishOne(label, number, server))).then((positions) => {
        // Of calls under way some may find no script, while another server makes it known to the rest.
        if (scriptsForgottenAt() >= startedAt - 100) return
        const told = positions.filter((position) => position !== undefined)
        told.forEach(({ epoch, offset }, index) => {
          const before = told[index - 1]
          if (before?.epoch === epoch && before.offset >= offset) world.fail(`${label} ${epoch}:${offset} was published after ${before.offset}`) // prettier-ignore
        })
      })
    },
    get waiting() {
      return waiting
    },
    confirmed,
  }
}
