import type { Coverage } from './coverage.ts'
import type { Fate, Obstacle, SimulatedLink, TransportKind } from './link.ts'
import type { Random } from '../support/random.ts'
import type { SimulatedServer } from './server.ts'
import type { Tokens } from './tokens.ts'
import type { World } from './world.ts'

/** What all three wires go through. */
export interface Wire {
  readonly world: World
  readonly random: Random
  readonly server: SimulatedServer
  readonly coverage: Coverage
  /** A request or a handshake of this kind leaves the client. */
  leave(kind: TransportKind, token: string): Trip
  /** Carries it to the server, or to where its fate meets it. */
  carry(trip: Trip, ends: TripEnds): void
  /** Cuts everything that is open. */
  cutAll(how: 'error' | 'silence'): void
  /** Nothing gets through either way. */
  isDown: boolean
}

/** One request, response or socket on its way. */
export interface Trip {
  readonly link: SimulatedLink
  readonly fate: Fate
  readonly obstacle: Obstacle | undefined
  readonly latencyMs: number
  /** Cuts it; told to the trip by whoever can. */
  sever: (how: 'error' | 'end' | 'silence') => void
  readonly isOver: boolean
  /** It holds nothing any more. */
  end(why: string): void
}

export interface TripEnds {
  /** It has reached the server. */
  arrive(): void
  /** The server has acted on it; what it answers is lost. */
  lose(): void
  fail(): void
  /** Something on the way answers in the server's place. */
  answer(status: number, headers: Readonly<Record<string, string>>): void
}

export interface WireHost {
  fateOf(kind: TransportKind): Fate
  obstacleOf(kind: TransportKind): Obstacle | undefined
  /** The attempt that asks in this way now. */
  linkOf(kind: TransportKind): SimulatedLink | undefined
  asked(link: SimulatedLink, token: string): void
}

export function createWire(
  world: World,
  random: Random,
  server: SimulatedServer,
  tokens: Tokens,
  coverage: Coverage,
  host: WireHost,
): Wire {
  const trips = new Set<Trip>()

  return {
    world,
    random,
    server,
    coverage,
    isDown: false,
    leave(kind, token) {
      const link = host.linkOf(kind)
      if (!link || link.signal.aborted) {
        world.fail(`${kind} is asked for by no link`)
        throw new TypeError('fetch failed')
      }
      const fate = host.fateOf(kind)
      const obstacle = host.obstacleOf(kind)
      const latencyMs = random.whole(1, random.chance(0.1) ? 2000 : 150)
      link.live++
      host.asked(link, token)
      if (tokens.isUsed && !/^t\d+$/.test(token)) world.fail(`link ${link.number} shows no token, but ${token}`)
      world.trace(`link ${link.number}: asks (${JSON.stringify(obstacle ?? fate)})`)
      let isOver = false
      const trip: Trip = {
        link,
        fate,
        obstacle,
        latencyMs,
        sever: () => {},
        get isOver() {
          return isOver
        },
        end(why) {
          if (isOver) return
          isOver = true
          link.live--
          trips.delete(trip)
          world.trace(`link ${link.number}: ${why}`)
        },
      }
      trips.add(trip)
      return trip
    },
    carry(trip, ends) {
      if (trip.obstacle) meetObstacle(world, coverage, trip, trip.obstacle, ends)
      else if (this.isDown) world.onArrival(trip.latencyMs, ends.fail)
      else meetFate(world, server, coverage, trip, ends)
    },
    cutAll(how) {
      for (const trip of [...trips]) trip.sever(how)
    },
  }
}

function meetObstacle(world: World, coverage: Coverage, trip: Trip, obstacle: Obstacle, ends: TripEnds): void {
  coverage.hit(`blocked: ${obstacle.kind}`)
  switch (obstacle.kind) {
    case 'refused':
      return void world.onArrival(trip.latencyMs, ends.fail)
    case 'headers held':
      return
    case 'body held':
      return arrive(world, trip, ends)
    case 'another content type':
      return ends.answer(200, { 'Content-Type': 'text/html' })
    case 'status':
      return ends.answer(obstacle.status, {})
  }
}

function arrive(world: World, trip: Trip, ends: TripEnds): void {
  world.onServer(trip.latencyMs, () => trip.isOver || ends.arrive())
}

function meetFate(world: World, server: SimulatedServer, coverage: Coverage, trip: Trip, ends: TripEnds): void {
  const { fate, latencyMs } = trip
  if (fate.kind !== 'calm' && fate.kind !== 'cut') coverage.hit(fate.kind)
  switch (fate.kind) {
    case 'refused':
      return void world.onArrival(latencyMs * 2, ends.fail)
    case 'black hole':
      return
    case 'unavailable': {
      const { retryAfterS } = fate
      return ends.answer(503, retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) })
    }
    case 'answer lost':
    case 'cut':
    case 'calm':
      world.onServer(latencyMs, () => {
        if (trip.isOver) return
        if (!server.isUp) return void world.onArrival(latencyMs, ends.fail)
        if (fate.kind !== 'answer lost') return ends.arrive()
        ends.lose()
        world.onArrival(latencyMs, ends.fail)
      })
  }
}
