import { createRandom } from '../../../core/test/support/random.ts'
import { createWorld } from '../../../core/test/simulator/world.ts'
import { createArchive } from './archive.ts'
import { createClientNetwork } from './client-network.ts'
import { createFleet } from './fleet.ts'
import { createPublishers, numberOf } from './publishers.ts'
import { openChannels } from './channels-reader.ts'
import { openStream } from './stream-reader.ts'
import { createSimRedis } from './redis/sim-redis.ts'
import { createTruth } from './redis/truth.ts'
import { serverCell } from './server-coverage.ts'
import { drawServerScenario } from './server-scenario.ts'

import type { Random } from '../../../core/test/support/random.ts'
import type { World } from '../../../core/test/simulator/world.ts'
import type { Archive } from './archive.ts'
import type { ClientNetwork } from './client-network.ts'
import type { Fleet, SimServer } from './fleet.ts'
import type { Publishers } from './publishers.ts'
import type { Reader } from './reader.ts'
import type { SimRedis } from './redis/sim-redis.ts'
import type { Truth } from './redis/truth.ts'
import type { ServerFault } from './server-coverage.ts'
import type { ReaderKind, ServerScenario } from './server-scenario.ts'

/** Everything that takes part in a run with several servers. */
export interface ServerStage {
  readonly world: World
  readonly random: Random
  readonly scenario: ServerScenario
  readonly truth: Truth
  readonly archive: Archive
  readonly redis: SimRedis
  readonly fleet: Fleet
  readonly network: ClientNetwork
  readonly publishers: Publishers
  readonly readers: Reader[]
  readonly counts: Record<string, number>
  hit(fault: ServerFault, server: SimServer): void
  join(kind: ReaderKind): void
}

export function setServerStage(seed: number): ServerStage {
  const random = createRandom(seed)
  const scenario = drawServerScenario(random)
  const { historySize: size, historyBytes: bytes, redisLatencyMs: latencyMs, isDurable, maxWaiting } = scenario
  const history = { size, bytes, ttlMs: 600_000, positionTtlMs: 86_400_000 }
  const world = createWorld(random.fork())
  const truth = createTruth(world.now, (message) => world.fail(message))
  const counts: Record<string, number> = {}
  const hit = (fault: ServerFault, server: SimServer) => {
    const cell = serverCell(fault, fleet.standing(server))
    counts[cell] = (counts[cell] ?? 0) + 1
  }
  const hitAll = (fault: ServerFault) => {
    for (const server of fleet.servers) if (server.phase !== 'gone') hit(fault, server)
  }
  const redis = createSimRedis({
    ...{ world, truth, history, isDurable, numberOf, random: random.fork(), latencyMs, maxWaiting },
    onTrimmed: () => hitAll('history trimmed'),
    onOverflow(owner) {
      const server = fleet.servers.find(({ number }) => number === owner)
      if (server && server.phase !== 'gone') hit('output buffer overflows', server)
    },
  })
  const fleet = createFleet({ world, random: random.fork(), scenario, redis, history, hit })
  const archive = createArchive(
    truth,
    () => redis.process.store,
    () => fleet.lastDeath,
  )
  const network = createClientNetwork({ world, random: random.fork(), scenario, fleet, hit })
  const publishers = createPublishers({
    ...{
      world,
      random: random.fork(),
      fleet,
      fillerBytes: scenario.fillerBytes,
      truth,
      scriptsForgottenAt: () => redis.process.scriptsForgottenAt,
    },
    onRetry: (server) => server.phase !== 'gone' && hit('published again', server),
  })
  const readers: Reader[] = []
  const own = random.fork()
  return {
    ...{ world, random, scenario, truth, archive, redis, fleet, network, publishers, readers, counts, hit },
    join(kind) {
      const name = `reader ${readers.length + 1}`
      const setup = { world, random: own, scenario, archive, network }
      readers.push(kind === 'channels' ? openChannels(name, setup) : openStream(kind, name, setup))
    },
  }
}
