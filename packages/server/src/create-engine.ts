import { memoryBackplane } from './backplanes/memory.ts'
import { Callers } from './callers.ts'
import { burstSeconds } from './command-desk.ts'
import { createControl } from './control.ts'
import { Cursors } from './cursor-keeper.ts'
import { Desks } from './desks.ts'
import { createHub } from './hub.ts'
import { watchBackplane } from './observe/watched-backplane.ts'
import { RateTable } from './rate-table.ts'
import { createReplayLimit } from './replay-limit.ts'
import { createSessionTable } from './session-table.ts'

import type { Engine } from './engine.ts'
import type { Observer } from './observe/observer.ts'
import type { Settings } from './options.ts'

/** Puts the parts of one realtime together. */
export function createEngine(settings: Settings, observer: Observer, isOpen: () => boolean): Engine {
  const { limits, logger } = settings
  const shared = settings.backplane ?? memoryBackplane(settings.history)
  const backplane = watchBackplane(shared, observer)
  const sessions = createSessionTable(settings, observer)
  const desks = new Desks()
  const callers = new Callers()
  // Not watched: what it publishes are no events of a user's.
  const control = createControl(shared, { sessions, desks, callers }, logger)
  // Before the first user comes: what is taken from him while this begins would be missed.
  if (settings.authenticate) control.listen()
  return {
    settings,
    observer,
    backplane,
    hub: createHub(backplane, limits.channels, logger),
    sessions,
    replays: createReplayLimit(limits.replaysPerMinute),
    desks,
    control,
    callers,
    cursors: new Cursors(),
    posts: new RateTable(limits.commandsPerSecond * burstSeconds, limits.commandsPerSecond),
    isOpen,
  }
}
