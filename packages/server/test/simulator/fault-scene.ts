import type { Random } from '../../../core/test/support/random.ts'
import type { RedisConnection } from './redis/redis-connection.ts'
import type { SimServer } from './fleet.ts'
import type { ServerFault } from './server-coverage.ts'
import type { ServerStage } from './server-stage.ts'

export type Faults = Partial<Record<ServerFault, () => void>>

/** Where faults happen, and how they are told. */
export interface FaultScene {
  readonly stage: ServerStage
  readonly random: Random
  /** The server that the next fault is to hit; `undefined` where any will do. */
  aim: SimServer | undefined
  /** The one that is aimed at, or any. */
  anyone(): SimServer
  /** It happens to one server, or to all. */
  at(fault: ServerFault, server: SimServer): void
  everywhere(fault: ServerFault): void
}

export function setFaultScene(stage: ServerStage): FaultScene {
  const { world, fleet, hit } = stage
  const random = stage.random.fork()
  const present = () => fleet.servers.filter(({ phase }) => phase !== 'gone')
  return {
    ...{ stage, random, aim: undefined },
    anyone() {
      return this.aim && this.aim.phase !== 'gone' ? this.aim : random.pick(present())
    },
    at(fault, server) {
      world.trace(`server ${server.number}: ${fault}`)
      hit(fault, server)
    },
    everywhere(fault) {
      world.trace(`all: ${fault}`)
      for (const server of present()) hit(fault, server)
    },
  }
}

export function isForMessages({ names }: RedisConnection): boolean {
  return names.size > 0
}
