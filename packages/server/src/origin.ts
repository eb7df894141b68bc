import type { Cors } from './cors.ts'

/**
 * Whether a page of this origin may open a WebSocket: CORS does not guard those, and browsers send their cookies along.
 * `same` where there is no origin, as no browser asks, or the page came from the host that it asks.
 */
export function judgeOrigin(
  cors: Cors | undefined,
  origin: string | undefined,
  host: string | undefined,
): 'same' | 'allowed' | 'refused' {
  if (origin === undefined) return 'same'
  // `null`, the origin of sandboxed frames and local files, parses nowhere.
  if (host !== undefined && URL.canParse(origin)) {
    const own = new URL(origin)
    // The scheme's own port may be left out on either side.
    const asked = `${own.protocol}//${host}`
    if (URL.canParse(asked) && new URL(asked).origin === origin) return 'same'
  }
  return cors?.origins === '*' || cors?.origins.has(origin) ? 'allowed' : 'refused'
}
