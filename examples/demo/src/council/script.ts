/** What the council judges. */
export interface Script {
  readonly videoUrl: string
  readonly transcript: string
  /** How long the video lasts, where that is known. */
  readonly seconds?: number | undefined
}

/** What one member of the council found: its thoughts in their order, a score from 0 to 100, and why. */
export interface Verdict {
  readonly thoughts: readonly string[]
  readonly score: number
  readonly reasoning: string
}

const maxSeconds = 3600

/** Reads `duration=30` out of the `features` of a request: a list parted by commas, of which the rest is ignored. */
export function secondsIn(features: string): number | undefined {
  const seconds = Number(/(?:^|,)\s*duration=(\d+(?:\.\d+)?)\s*s?\s*(?:,|$)/.exec(features)?.[1])
  return seconds > 0 && seconds <= maxSeconds ? seconds : undefined
}
