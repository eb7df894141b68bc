import { dataFaults } from './data-faults.ts'
import { setFaultScene } from './fault-scene.ts'
import { linkFaults } from './link-faults.ts'
import { peopleFaults } from './people-faults.ts'

import type { Standing } from './server-coverage.ts'
import type { ServerStage } from './server-stage.ts'

// Waited for, as servers seldom stand there.
const rareStandings = ['catching up', 'catching up', 'draining', 'idle', 'joining'] as const
const lookMs = 3
const mostLooks = 300

/** Has things go wrong, one after the other, until the time for that is over. */
export function createServerTrouble(stage: ServerStage): { act(): void } {
  const { world, fleet, network } = stage
  const scene = setFaultScene(stage)
  const { random } = scene
  const data = dataFaults(scene)
  const faults = Object.values({ ...linkFaults(scene), ...data.faults, ...peopleFaults(scene) })
  const strike = () => random.pick(faults)()

  /** Waits for a server to stand there, and strikes it. */
  function lurk(standing: Standing, looks: number): void {
    if (!network.isTroubled || looks === 0) return
    scene.aim = fleet.servers.find((server) => server.phase !== 'gone' && fleet.standing(server) === standing)
    if (scene.aim) strike()
    else world.onServer(lookMs, () => lurk(standing, looks - 1))
    scene.aim = undefined
  }

  return {
    act() {
      if (random.chance(0.2)) data.takeSnapshot()
      strike()
      // Troubles seldom come alone.
      if (random.chance(0.3)) world.onServer(random.whole(0, 400), () => network.isTroubled && strike())
      if (random.chance(0.2)) lurk(random.pick(rareStandings), mostLooks)
    },
  }
}
