/** Counters over all links of a stream. */
export interface StreamStats {
  /** Links dialled. */
  readonly attempts: number
  /** Milliseconds since the current link opened; 0 without one. */
  readonly uptimeMs: number
  /** Milliseconds since the last byte came; `undefined` before the first. */
  readonly lastByteAgeMs: number | undefined
  readonly events: number
  /** Events that came again and were dropped. */
  readonly duplicatesDropped: number
  readonly gaps: number
  readonly bytes: number
}

/** Before the first link. */
export const noStats: StreamStats = {
  attempts: 0,
  uptimeMs: 0,
  lastByteAgeMs: undefined,
  events: 0,
  duplicatesDropped: 0,
  gaps: 0,
  bytes: 0,
}
