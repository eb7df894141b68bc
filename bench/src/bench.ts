/** What one contender measured in one round, by measure. */
export type Sample = Readonly<Record<string, number>>

/** Does one round of its work, and rejects if anything was lost or doubled on the way. */
export type Round = () => Promise<Sample>

/** One of the figures that a round brings. Less is better. */
export interface Measure {
  readonly name: string
  readonly unit: string
  /** Compared with each peer by `ratio` (0.5 is half of it), by `difference`, or not at all. */
  readonly compare: 'ratio' | 'difference' | 'none'
  /** What the median of the comparison may be at most, by peer. */
  readonly goals?: Readonly<Record<string, number>>
  /** What the median of our own figure has to stay below. */
  readonly goal?: number
}

export interface Bench {
  readonly title: string
  readonly measures: readonly Measure[]
  /** By name. The first is ours, to which the others are compared; each runs in a process of its own. */
  readonly contenders: Readonly<Record<string, () => Promise<Round>>>
  /** Overrides how often it is run. */
  readonly schedule?: Partial<Schedule>
  /** Each round in a process that has done nothing before. */
  readonly isFresh?: boolean
  /** Files and sockets that one process has to be able to open; where it is not, the bench is left out. */
  readonly descriptors?: number
}

export interface Schedule {
  readonly warmUps: number
  readonly rounds: number
  /** No further round is begun after so many milliseconds; `atLeast` are always made. */
  readonly budgetMs: number
  readonly atLeast: number
}

/** What most benches measure. */
export function cpuPer(unit: string, goals: Readonly<Record<string, number>> = {}): Measure {
  return { name: `CPU per ${unit}`, unit: 'µs', compare: 'ratio', goals }
}

/** CPU time of this whole process, user and system, all threads, in microseconds, until the promise settles. */
export async function cpuMicrosOf(work: () => Promise<void>): Promise<number> {
  // What the last round left behind is not this round's to clear away.
  globalThis.gc?.()
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return user + system
}
