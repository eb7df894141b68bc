import { quietMs } from './channel-server.ts'

import type { Seat } from './channel-seat.ts'
import type { ChannelStage } from './simulate-channels.ts'

const mostUsers = 40
const mostTabs = 6

/** Until it is over: what is published, what users and tabs do, and what befalls them. @returns wakes who stands still */
export function beginChannelTrouble(stage: ChannelStage): () => void {
  const { world, random, scenario, server } = stage
  const standing = new Set<Seat>()
  const publish = () => {
    if (!server.isTroubled) return
    for (let n = random.whole(1, 3); n > 0; n--) server.publish(random.pick(scenario.labels))
    world.onServer(random.whole(1, scenario.publishEveryMs * 2), publish)
  }
  const act = () => {
    if (!server.isTroubled) return
    actOnce(stage)
    world.onClient(random.whole(1, 6000), act)
  }
  const disturb = () => {
    if (!server.isTroubled) return
    disturbTabs(stage, standing)
    world.onServer(random.whole(1000, 12_000), disturb)
  }
  world.onServer(0, publish)
  world.onClient(random.whole(1, 3000), act)
  if (random.chance(0.5)) world.onServer(random.whole(1000, scenario.troubleMs), () => server.restart())
  // Where there are others between a user and the server, or he takes his time, he may have from them later what is lost;
  // and what is lost between two polls of which the second asks for what is older, nobody is told.
  const mayShow = !scenario.tabs && !scenario.slowShare && !scenario.transports.includes('polling')
  if (mayShow && random.chance(0.5))
    world.onServer(random.whole(1000, scenario.troubleMs), () => {
      server.loseTails()
      for (let n = 0; n < 4; n++) world.onClient(random.whole(1, quietMs), () => server.isTroubled && stage.join())
    })
  if (scenario.tabs) world.onServer(random.whole(500, 5000), disturb)
  return () => standing.forEach(({ tab }) => tab?.thaw())
}

function actOnce(stage: ChannelStage): void {
  const { world, random, scenario, users, hit } = stage
  const seat = stage.someSeat()
  const what = random.whole(0, 9)
  if (what <= 3 && users.length < mostUsers) stage.join()
  else if (what <= 6) {
    const awake = users.filter(({ isAwake }) => isAwake)
    if (awake.length) random.pick(awake).leave()
  } else if (what === 7 && random.chance(0.3)) {
    hit('reconnected')
    seat?.client.reconnect()
  } else if (what === 8) publishFrom(stage, seat)
  else if (random.chance(0.2)) {
    hit('machine sleeps')
    // What tabs tell each other would overtake itself where their clock stands still.
    world.sleep(random.whole(1000, 120_000), random.chance(0.5) && !scenario.tabs)
  } else {
    hit('asked at once')
    // A channel is left, and somebody comes while the server is being told.
    const label = random.pick(scenario.labels)
    for (const user of users) if (user.label === label && user.isAwake) user.leave()
    world.onClient(random.whole(0, scenario.latencyMs * 3), () => stage.join())
    stage.join()
  }
}

function publishFrom({ world, random, scenario, server, hit }: ChannelStage, seat: Seat | undefined): void {
  const label = random.pick(scenario.labels)
  seat?.client.publish(label, 'said').then(
    ({ position }) =>
      server.logs.get(label)?.byId(position) ?? world.fail(`published at ${position}, and is not there`),
    ({ code }: { readonly code: string }) => {
      if (code === 'UNCONFIRMED') hit('publication unconfirmed')
      else if (!seat.isClosed && code !== 'UNAVAILABLE') world.fail(`publishing failed with ${code}`)
    },
  )
}

/** Opens a tab, closes one, kills one or has it stand still; often the one that has the connection. */
function disturbTabs(stage: ChannelStage, standing: Set<Seat>): void {
  const { random, seats, users, hit, world, server } = stage
  const leader = seats.find(({ tab, network }) => tab?.state === 'alive' && network.links())
  const seat = (random.chance(0.5) && leader) || stage.someSeat()
  const isLast = seats.filter(({ isThere, isClosed }) => isThere && !isClosed).length < 2
  const what = random.whole(0, 4)
  if (what <= 1) {
    if (seats.length >= mostTabs) return
    hit('tab opened')
    stage.open()
  } else if (!seat?.tab || isLast) return
  else if (what === 2) {
    hit('tab closed')
    world.trace(`${seat.name} is closed`)
    seat.close()
    // Somebody asks who has not heard of it yet, and may be the only one who wants that.
    const { length } = users
    if (length < mostUsers) stage.join()
    world.onClient(random.whole(1000, 6000), () => server.isTroubled && users[length]?.isAwake && users[length].leave())
  } else if (what === 3) {
    hit('tab killed')
    world.trace(`${seat.name} is killed`)
    seat.tab.kill()
    seat.network.die()
  } else {
    hit('tab stands still')
    world.trace(`${seat.name} stands still`)
    standing.add(seat)
    seat.tab.freeze()
    world.onServer(random.whole(100, 30_000), () => {
      standing.delete(seat)
      world.trace(`${seat.name} moves again`)
      seat.tab?.thaw()
    })
  }
}
