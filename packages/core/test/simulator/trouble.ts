import type { Stage } from './stage.ts'
import type { User } from './user.ts'

/** Publishes, and has things go wrong with the server, the network and the user until the time for that is over. */
export function beginTrouble(stage: Stage, user: User): void {
  const { world, random, scenario, server, network, coverage } = stage
  const { troubleMs, publishEveryMs, losesHistory, trouble } = scenario
  const own = random.fork()

  /** Does it again and again, after as long as it says. */
  function repeat(act: () => number, schedule: (ms: number, act: () => void) => unknown, firstMs: number): void {
    const again = () => {
      if (world.now() < troubleMs) schedule(act(), again)
    }
    schedule(firstMs, again)
  }

  function publish(): number {
    if (server.isUp) for (let left = own.chance(0.2) ? own.whole(1, 8) : 1; left > 0; left--) server.publish()
    return own.whole(0, publishEveryMs * 2)
  }

  function disturbServer(): number {
    if (stage.tokens.isUsed && own.chance(0.4)) {
      coverage.hit('tokens expire')
      server.expire()
    } else if (own.chance(0.4)) {
      coverage.hit('server drains')
      server.drain(own.pick([undefined, 500, 5000]))
    } else {
      coverage.hit('server restarts')
      server.restart(own.whole(0, 20_000), !losesHistory || own.chance(0.5))
    }
    return own.whole(2000, 60_000)
  }

  function block(): number {
    network.changeObstacles()
    return own.whole(5000, 90_000)
  }

  function disturbUser(): number {
    user.act()
    return own.whole(1000, 40_000)
  }

  repeat(publish, world.onServer, 0)
  if (trouble === 0) return
  repeat(disturbServer, world.onServer, own.whole(2000, 60_000))
  repeat(disturbUser, world.onClient, own.whole(1000, 40_000))
  repeat(block, world.onServer, own.chance(0.5) ? 0 : own.whole(1000, 60_000))
}
