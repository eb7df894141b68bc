import { createChannelClient, webSocket } from '@steadystream/core'
import { get, post } from '../api.ts'
import type { FirehoseLog, Reading } from '../../lab/firehose.ts'

export interface Lane {
  /** What came: readings, or arrays of them. */
  readonly events: number
  /** Readings in them. */
  readonly readings: number
  /** Most events that came within any one second. */
  readonly peak: number
  readonly values: Readonly<Record<string, number>>
  readonly gaps: number
}

export const laneTypes = ['firehose', 'firehose_batches', 'firehose_latest'] as const
export type LaneType = (typeof laneTypes)[number]

export interface ShapingRun {
  readonly isOver: boolean
  readonly lanes: Readonly<Record<LaneType, Lane>>
  readonly log: FirehoseLog | undefined
}

const noLane: Lane = { events: 0, readings: 0, peak: 0, values: {}, gaps: 0 }
const noLanes = { firehose: noLane, firehose_batches: noLane, firehose_latest: noLane }
export const noShaping: ShapingRun = { isOver: false, lanes: noLanes, log: undefined }

/** Follows one publisher on three channels over one connection, and then asks the server what it has published. */
export async function runShaping(show: (run: ShapingRun) => void): Promise<void> {
  const { runId } = await post<{ readonly runId: string }>('/api/lab/firehose')
  const client = createChannelClient({ id: 'firehose', transports: [webSocket('/ws')] })
  let lanes: Record<LaneType, Lane> = noLanes
  let frame = 0
  const times: Record<LaneType, number[]> = { firehose: [], firehose_batches: [], firehose_latest: [] }
  const tell = () =>
    (frame ||= requestAnimationFrame(() => {
      frame = 0
      show({ isOver: false, lanes, log: undefined })
    }))

  function take(type: LaneType, data: Reading | readonly Reading[]): void {
    lanes = { ...lanes, [type]: added(lanes[type], data, times[type], performance.now()) }
    tell()
  }

  const follow = (type: LaneType, subscribed: () => void, completed: () => void) =>
    client.subscribe<Reading | readonly Reading[]>(
      { type, id: runId },
      {
        onData: (data) => take(type, data),
        onGap: () => (lanes = { ...lanes, [type]: { ...lanes[type], gaps: lanes[type].gaps + 1 } }),
        onSubscribed: subscribed,
        onComplete: completed,
      },
      { from: 'start' },
    )

  try {
    const completed: Promise<void>[] = []
    await Promise.all(
      laneTypes.map(
        (type) =>
          new Promise<void>((subscribed) => {
            completed.push(new Promise((resolve) => follow(type, subscribed, resolve)))
          }),
      ),
    )
    await post(`/api/lab/firehose/${runId}/go`)
    await Promise.all(completed)
    const log = await get<FirehoseLog>(`/api/lab/firehose/${runId}/log`)
    cancelAnimationFrame(frame)
    show({ isOver: true, lanes, log })
  } finally {
    client.close()
  }
}

const secondMs = 1000

function added(lane: Lane, data: Reading | readonly Reading[], times: number[], now: number): Lane {
  const readings = 'length' in data ? data : [data]
  times.push(now)
  while ((times[0] ?? now) <= now - secondMs) times.shift()
  const values = { ...lane.values, ...Object.fromEntries(readings.map(({ sensor, value }) => [sensor, value])) }
  const { events, readings: known, peak, gaps } = lane
  return { events: events + 1, readings: known + readings.length, peak: Math.max(peak, times.length), values, gaps }
}
