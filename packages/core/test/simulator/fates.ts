import type { Fate, Obstacle, TransportKind } from './link.ts'
import type { Random } from '../support/random.ts'

/** What happens to one link, while things go wrong. */
export function drawFate(random: Random, trouble: number): Fate {
  if (!random.chance(trouble)) return { kind: 'calm' }
  const kind = random.pick(['cut', 'cut', 'cut', 'cut', 'refused', 'answer lost', 'black hole', 'unavailable'] as const)
  if (kind === 'unavailable') return { kind, retryAfterS: random.chance(0.5) ? random.whole(0, 20) : undefined }
  if (kind !== 'cut') return { kind }
  const afterBytes = random.chance(0.5) ? random.whole(0, 400) : random.whole(0, 6000)
  return { kind, how: random.pick(['error', 'error', 'end', 'silence']), afterBytes, afterMs: random.whole(0, 40_000) }
}

/** What stands in the way of one transport for a while. */
/** @param mayEnd whether the stream may be ended by it for good */
export function drawObstacle(random: Random, kind: TransportKind, mayEnd: boolean): Obstacle {
  const what = random.pick(['refused', 'headers held', 'body held', 'status', 'another content type'] as const)
  if (what === 'status') return { kind: what, status: random.pick(mayEnd ? [404, 415, 502] : [502]) }
  // A proxy that waits for the end of a response lets polls through, and so does one that knows no sockets by their type.
  const isHarmless =
    (what === 'body held' && kind === 'polling') || (what === 'another content type' && kind === 'websocket')
  const isTooHard = what === 'another content type' && !mayEnd
  return { kind: isHarmless || isTooHard ? 'refused' : what }
}
