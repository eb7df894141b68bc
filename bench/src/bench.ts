/** What one contender took for one round. */
export interface Sample {
  /** CPU time of its whole process, user and system, all threads, in microseconds. */
  readonly cpuMicros: number
  /** Events handled or delivered. */
  readonly units: number
}

/** Does one round of its work, and rejects if anything was lost or doubled on the way. */
export type Round = () => Promise<Sample>

export interface Bench {
  readonly title: string
  /** What a unit of a sample is. */
  readonly unit: string
  /** By name. The first is ours, to which the others are compared; each runs in a process of its own. */
  readonly contenders: Readonly<Record<string, () => Promise<Round>>>
}

/** CPU time that this process spends from the call of `work` until its promise settles. */
export async function cpuMicrosOf(work: () => Promise<void>): Promise<number> {
  // What the last round left behind is not this round's to clear away.
  globalThis.gc?.()
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return user + system
}
