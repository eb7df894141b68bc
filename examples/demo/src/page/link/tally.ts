/** What is counted: an event of a job, or anything that is numbered as its frames are. */
export interface Numbered {
  /** Only `rendering` tells of the frame of its number; others tell how many there have been. */
  readonly stage: string
  readonly currentFrame: number
}

/** What became of the frames of a job, as one viewer sees it. Each frame is in at most one list. */
export interface FrameCount {
  /** An event told of it. In the order in which they came. */
  readonly seen: readonly number[]
  /** A gap told that its event cannot be had any more. */
  readonly lost: readonly number[]
  /** Rendered before the stream that we joined began: a server resumed the job. */
  readonly before: readonly number[]
  /** Passed over without a word. The library promises that there is none. */
  readonly undeclared: readonly number[]
  /** Events for a frame that had been told of already. The library promises that there is none. */
  readonly doubled: number
  readonly gaps: number
}

export interface Tally {
  add(event: Numbered): void
  gap(): void
  /** The list itself, which grows; {@link count} copies. */
  readonly lost: readonly number[]
  count(): FrameCount
}

/** Counts on its own, by frame numbers alone: it must be able to catch the library out. */
export function createTally(): Tally {
  const seen = new Set<number>()
  const lost: number[] = []
  const before: number[] = []
  const undeclared: number[] = []
  let doubled = 0
  let gaps = 0
  let gapOpen = false
  let last = 0
  let begun = false

  return {
    add({ stage, currentFrame }) {
      const isFrame = stage === 'rendering'
      const known = isFrame ? currentFrame - 1 : currentFrame
      const missing = gapOpen ? lost : begun ? undeclared : before
      for (let number = last + 1; number <= known; number++) missing.push(number)
      if (isFrame && seen.has(currentFrame)) doubled += 1
      else if (isFrame) seen.add(currentFrame)
      last = Math.max(last, currentFrame)
      gapOpen = false
      begun = true
    },
    gap() {
      gaps += 1
      gapOpen = true
    },
    lost,
    count: () => ({
      seen: [...seen],
      lost: [...lost],
      before: [...before],
      undeclared: [...undeclared],
      doubled,
      gaps,
    }),
  }
}

/** `[1, 2, 3, 7]` as `[[1, 3], [7, 7]]`. */
export function runsOf(numbers: readonly number[]): [from: number, to: number][] {
  const runs: [number, number][] = []
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last && number <= last[1] + 1) last[1] = number
    else runs.push([number, number])
  }
  return runs
}

/** `[1, 2, 3, 7]` as `1–3, 7`. */
export function namesOf(numbers: readonly number[]): string {
  return runsOf(numbers)
    .map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`))
    .join(', ')
}
