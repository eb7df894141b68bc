import { readerKinds } from './server-scenario.ts'

import type { Faults, FaultScene } from './fault-scene.ts'

/** What happens to servers, to links of clients, and who comes and goes. */
export function peopleFaults(scene: FaultScene): Faults {
  const { random, stage } = scene
  const { world, scenario, fleet, network } = stage

  function replace(): void {
    const start = () => {
      if (fleet.up.length >= scenario.servers) return
      fleet.start()
      scene.everywhere('server started')
    }
    if (fleet.up.length === 0 || random.chance(0.3)) start()
    else world.onServer(random.whole(500, 6000), start)
  }

  return {
    'server killed'() {
      const server = scene.anyone()
      scene.at('server killed', server)
      fleet.kill(server)
      replace()
    },
    'server drained'() {
      const server = scene.anyone()
      if (server.phase !== 'up') return
      scene.at('server drained', server)
      fleet.drain(server, random.pick([0, 500, 5000]))
      replace()
    },
    'client cut by error': () => network.cut(scene.anyone(), 'error'),
    'client cut by end': () => network.cut(scene.anyone(), 'end'),
    'client cut in silence': () => network.cut(scene.anyone(), 'silence'),
    'reader left'() {
      const open = stage.readers.filter(({ isOpen }) => isOpen)
      if (open.length < 2) return
      scene.everywhere('reader left')
      random.pick(open).close()
    },
    'reader came'() {
      if (stage.readers.length > 12) return
      scene.everywhere('reader came')
      stage.join(random.pick(readerKinds))
    },
  }
}
