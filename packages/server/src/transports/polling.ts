import { monotonicMs, sleep } from '../env.ts'
import { advance } from '../resume.ts'
import { completeEnvelope, envelopesWithin, envelopeWire, formatPollAnswer, gapEnvelope } from './envelopes.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane, Page } from '../backplanes/backplane.ts'
import type { Feed } from '../feed.ts'
import type { Joint } from '../join-channel.ts'
import type { Session } from '../session.ts'
import type { Wire } from './wire.ts'

// What one answer holds at most: a client that is behind asks again at once, and reads at its own pace.
const answerEvents = 1000
const answerBytes = 1024 * 1024

/** A poll's session writes one thing, its answer, and no keep-alive before it. */
export const pollWire: Wire = { ...envelopeWire, transport: 'polling', keepAlive: undefined }

export interface Poll {
  /** Answers with what there is, for a server that closes. */
  answerNow(): void
  /** Stops waiting: the client is gone. */
  stop(): void
  /** Settles when the poll is answered or its client gone; rejects where history cannot be read. */
  readonly over: Promise<void>
}

/** One of the channels that a poll asks for. */
interface Asked {
  readonly feed: Feed
  cursor: Position
}

/**
 * Answers through `session` as soon as there is something to tell, else after `waitMs`. `told` is what there is to tell
 * before anything is read. `prepare` sees the body first.
 */
export function answerPoll(
  backplane: Backplane,
  joints: readonly Joint[],
  told: Uint8Array[],
  session: Session,
  waitMs: number,
  prepare: (body: Uint8Array) => void,
): Poll {
  const deadline = monotonicMs() + waitMs
  const asked: Asked[] = joints.map(({ feed, plan }) => ({ feed, cursor: plan.cursor }))
  for (const { feed, plan } of joints) if (plan.gap) told.push(gapEnvelope(plan.gap, feed.label))
  let events = 0
  let bytes = 0
  let stop = () => {}

  function answerNow(): void {
    const body = formatPollAnswer(
      told,
      asked.map(({ feed, cursor }) => [feed.label, cursor] as const),
    )
    prepare(body)
    session.write(body, events)
    session.finish()
  }

  /** @returns whether the page has to be read again. */
  function take(of: Asked, page: Page): boolean {
    const { label } = of.feed
    const step = advance(of.cursor, page)
    if (step.gap) told.push(gapEnvelope(step.gap, label))
    const isOtherLife = page.epoch !== of.cursor.epoch
    const some = envelopesWithin(step.events, label, answerBytes - bytes)
    told.push(...some)
    events += some.length
    bytes += some.reduce((sum, envelope) => sum + envelope.length, 0)
    const last = step.events[some.length - 1]
    of.cursor = last ? { epoch: last.epoch, offset: last.offset } : step.cursor
    if (!isOtherLife && page.completed && of.cursor.offset === page.top) told.push(completeEnvelope(of.cursor, label))
    return isOtherLife
  }

  async function run(): Promise<void> {
    while (session.isOpen) {
      const arrivals = countArrivals()
      for (let next = 0; next < asked.length && bytes < answerBytes && events < answerEvents;) {
        const of = asked[next]
        if (!of) break
        const page = await backplane.read(of.feed.key, { after: of.cursor.offset, limit: answerEvents - events })
        if (!session.isOpen) return
        if (!take(of, page)) next++
      }
      const leftMs = deadline - monotonicMs()
      if (told.length > 0 || leftMs <= 0) return answerNow()
      // What came while history was read may not have been in it.
      if (countArrivals() === arrivals) await nextArrival(leftMs)
    }
  }

  function countArrivals(): number {
    return asked.reduce((sum, { feed }) => sum + feed.arrivals, 0)
  }

  async function nextArrival(ms: number): Promise<void> {
    const woken = new AbortController()
    stop = () => woken.abort()
    const unwatch = asked.map(({ feed }) => feed.watch(stop))
    await sleep(ms, woken.signal)
    for (const end of unwatch) end()
  }

  return { answerNow, stop: () => stop(), over: run() }
}
