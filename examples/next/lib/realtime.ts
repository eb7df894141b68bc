import { createRealtime } from '@steadystream/server'
import type { Realtime } from '@steadystream/server'

// A route handler may be bundled more than once: one realtime for the process is kept where all copies find it.
const kept = globalThis as { realtime?: Realtime }

/** The channels of this process. */
export const realtime = (kept.realtime ??= createRealtime({ heartbeat: { intervalMs: 30_000 } }))
