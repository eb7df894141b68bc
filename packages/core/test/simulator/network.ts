import { createEventStreams } from './event-streams.ts'
import { createPolls } from './polls.ts'
import { createSockets } from './sockets.ts'
import { createWire } from './wire.ts'
import { drawFate, drawObstacle } from './fates.ts'

import type { ConnectionRules } from './connection-rules.ts'
import type { Coverage } from './coverage.ts'
import type { Observer } from './observe.ts'
import type { Obstacle, TransportKind } from './link.ts'
import type { Random } from '../support/random.ts'
import type { Scenario } from './scenario.ts'
import type { SimulatedServer } from './server.ts'
import type { SimulatedWebSocket } from './sockets.ts'
import type { Tokens } from './tokens.ts'
import type { World } from './world.ts'

/** Everything between the client and the server. */
export interface Network {
  readonly fetch: typeof globalThis.fetch
  readonly pollFetch: typeof globalThis.fetch
  readonly WebSocket: SimulatedWebSocket
  setDown(isDown: boolean): void
  /** Blocks some transports, and lets others through again. */
  changeObstacles(): void
  heal(): void
}

interface Parts {
  readonly world: World
  readonly random: Random
  readonly server: SimulatedServer
  readonly tokens: Tokens
  readonly coverage: Coverage
  readonly scenario: Scenario
  readonly observer: Observer
  readonly rules: ConnectionRules
  isTroubled(): boolean
}

export function createNetwork(parts: Parts): Network {
  const { world, random, server, tokens, coverage, scenario, observer, rules } = parts
  const { transports, trouble, lineEnd } = scenario
  const fates = random.fork()
  const own = random.fork()
  const obstacles = new Map<TransportKind, Obstacle>()
  const wire = createWire(world, random.fork(), server, tokens, coverage, {
    // Polls come by the dozen where there is one response else.
    fateOf: (kind) => drawFate(fates, parts.isTroubled() ? (kind === 'polling' ? trouble * 0.4 : trouble) : 0),
    obstacleOf: (kind) => obstacles.get(kind),
    linkOf: (kind) => observer.linkOf(kind),
    asked: (link, token) => rules.asked(link, token),
  })

  return {
    fetch: createEventStreams(wire, lineEnd),
    pollFetch: createPolls(wire),
    WebSocket: createSockets(wire),
    setDown(isDown) {
      if (wire.isDown === isDown) return
      wire.isDown = isDown
      if (isDown) wire.cutAll(own.pick(['error', 'silence']))
    },
    changeObstacles() {
      for (const kind of transports) {
        // A wall that stands for long is looked over again and again.
        if (transports.length > 1 && own.chance(0.4)) continue
        obstacles.delete(kind)
        const share = transports.length === 1 ? 0.25 : kind === transports[0] ? 0.9 : 0.4
        if (own.chance(trouble * share))
          obstacles.set(kind, drawObstacle(own, kind, transports.length > 1 || !scenario.isPooled))
      }
      world.trace(`obstacles: ${JSON.stringify([...obstacles])}`)
    },
    heal: () => obstacles.clear(),
  }
}
