import { forgetManager } from './channel-manager.ts'
import { drain } from './drain.ts'

import type { OwnedManager } from './channel-manager.ts'
import type { Engine } from './engine.ts'

/** Tells the clients over `drainMs`, and then closes what is left of a realtime. */
export async function shutDown(
  { backplane, control, hub, sessions, settings }: Engine,
  { manager, flush }: OwnedManager,
  drainMs: number,
): Promise<void> {
  settings.logger.info({ connections: sessions.size, drainMs }, 'draining')
  // What this turn published, and what waited for its turn, goes out before the goodbye.
  const flushing = flush()
  // The clients are told in this turn wherever that is possible.
  if (flushing) await flushing
  hub.flush()
  await drain(sessions, drainMs)
  forgetManager(manager)
  // What was published since goes out, and what comes even later hears at once that it is refused.
  await flush()
  control.close()
  await backplane.close()
  await flush()
}
