import { isForMessages } from './fault-scene.ts'

import type { Faults, FaultScene } from './fault-scene.ts'

/** What happens to the links between servers and Redis, and loses none of its data. */
export function linkFaults(scene: FaultScene): Faults {
  const { random, stage } = scene
  const { redis } = stage
  return {
    'message link killed'() {
      const server = scene.anyone()
      scene.at('message link killed', server)
      for (const each of redis.connections(server.number)) if (isForMessages(each)) each.kill()
    },
    'command link killed'() {
      const server = scene.anyone()
      scene.at('command link killed', server)
      for (const each of redis.connections(server.number)) if (!isForMessages(each)) each.kill()
    },
    'all links killed'() {
      scene.everywhere('all links killed')
      for (const each of redis.connections()) each.kill()
    },
    'message lost'() {
      const server = scene.anyone()
      scene.at('message lost', server)
      for (const each of redis.connections(server.number)) each.loseNext()
    },
    'output buffer overflows'() {
      // It may, as of now.
      for (const each of redis.connections(scene.anyone().number))
        if (isForMessages(each)) each.stall(random.whole(500, 6000))
    },
    'Redis hangs'() {
      scene.everywhere('Redis hangs')
      redis.process.hang(random.whole(100, 8000))
    },
    'unreachable for a while'() {
      const server = scene.anyone()
      scene.at('unreachable for a while', server)
      redis.partition(server.number, random.whole(200, 9000))
    },
    'links go dead'() {
      const server = scene.anyone()
      scene.at('links go dead', server)
      for (const each of redis.connections(server.number)) if (random.chance(0.7)) each.stall(Infinity)
    },
  }
}
