import { randomBytes } from 'node:crypto'
import type { Realtime } from '@steadystream/server'

/** One reading of one of the sensors. */
export interface Reading {
  readonly type: 'firehose'
  readonly n: number
  readonly sensor: string
  readonly value: number
}

export interface FirehoseLog {
  /** Readings that were published to each of the channels. */
  readonly published: number
  readonly isOver: boolean
  /** The last value of each sensor. */
  readonly values: Readonly<Record<string, number>>
}

/** A publisher that is too fast for anybody to read, on three channels: as it is, in batches, and by sensor. */
export interface Firehose {
  /** Makes channels for one visitor; nothing comes until `go`. */
  open(): string
  has(runId: string): boolean
  /** `busy`: too many are running. `undefined`: there is no such run, or it has been. */
  go(runId: string): 'going' | 'busy' | undefined
  log(runId: string): FirehoseLog | undefined
  stop(): void
}

export const firehoseTypes = ['firehose', 'firehose_batches', 'firehose_latest'] as const
export const readingsPerSecond = 1000
const batchesPerSecond = 10
const runMs = 3000
const tickMs = 20
const sensors = ['hall', 'roof', 'cellar', 'yard', 'gate']
const keptRuns = 30
const maxGoing = 3

interface Run {
  published: number
  timer: NodeJS.Timeout | undefined
  isOver: boolean
  readonly values: Record<string, number>
}

export function createFirehose(realtime: Realtime, onFailure: (error: unknown) => void): Firehose {
  const runs = new Map<string, Run>()
  realtime.shape({ type: 'firehose_batches' }, { maxPerSecond: batchesPerSecond })
  realtime.shape(
    { type: 'firehose_latest' },
    { maxPerSecond: batchesPerSecond, latestByKey: (reading) => (reading as Reading).sensor },
  )

  /** All that was due since the beginning: a tick that comes late makes up for it. */
  function publishDue(runId: string, run: Run, startedAt: number): void {
    const sinceMs = Math.min(runMs, performance.now() - startedAt)
    const due = Math.floor((sinceMs * readingsPerSecond) / 1000)
    while (run.published < due) {
      const n = ++run.published
      const sensor = sensors[n % sensors.length] ?? ''
      const value = Math.round(500 + 400 * Math.sin(n / 90 + (n % sensors.length)))
      run.values[sensor] = value
      const reading: Reading = { type: 'firehose', n, sensor, value }
      for (const type of firehoseTypes) realtime.publish({ type, id: runId }, reading).catch(onFailure)
    }
    if (sinceMs < runMs) return
    end(run)
    for (const type of firehoseTypes) realtime.complete({ type, id: runId }).catch(onFailure)
  }

  function end(run: Run): void {
    clearInterval(run.timer)
    run.isOver = true
  }

  return {
    open() {
      const runId = randomBytes(8).toString('hex')
      runs.set(runId, { published: 0, timer: undefined, isOver: false, values: {} })
      const [oldest] = runs
      if (runs.size > keptRuns && oldest) {
        end(oldest[1])
        runs.delete(oldest[0])
      }
      return runId
    },
    has: (runId) => runs.has(runId),
    go(runId) {
      const run = runs.get(runId)
      if (!run || run.timer) return undefined
      if ([...runs.values()].filter(({ timer, isOver }) => timer && !isOver).length >= maxGoing) return 'busy'
      const startedAt = performance.now()
      run.timer = setInterval(() => publishDue(runId, run, startedAt), tickMs)
      return 'going'
    },
    log(runId) {
      const run = runs.get(runId)
      return run && { published: run.published, isOver: run.isOver, values: run.values }
    },
    stop: () => runs.forEach(end),
  }
}
