import { monotonicMs, sleep } from '../env.ts'
import { advance } from '../resume.ts'
import { completeEnvelope, envelopesWithin, envelopeWire, formatPollAnswer, gapEnvelope } from './envelopes.ts'

import type { Backplane, Page } from '../backplanes/backplane.ts'
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

/** Answers through `session` as soon as there is something to tell, else after `waitMs`. `prepare` sees the body first. */
export function answerPoll(
  backplane: Backplane,
  { feed, plan }: Joint,
  session: Session,
  waitMs: number,
  prepare: (body: Uint8Array) => void,
): Poll {
  const { key, label } = feed
  const deadline = monotonicMs() + waitMs
  const told: Uint8Array[] = plan.gap ? [gapEnvelope(plan.gap, label)] : []
  let { cursor } = plan
  let events = 0
  let stop = () => {}

  function answerNow(): void {
    const body = formatPollAnswer(told, label, cursor)
    prepare(body)
    session.write(body, events)
    session.finish()
  }

  /** @returns whether the page has to be read again. */
  function take(page: Page): boolean {
    const step = advance(cursor, page)
    if (step.gap) told.push(gapEnvelope(step.gap, label))
    const isOtherLife = page.epoch !== cursor.epoch
    const some = envelopesWithin(step.events, label, answerBytes)
    told.push(...some)
    events += some.length
    const last = step.events[some.length - 1]
    cursor = last ? { epoch: last.epoch, offset: last.offset } : step.cursor
    if (!isOtherLife && page.completed && cursor.offset === page.top) told.push(completeEnvelope(cursor, label))
    return isOtherLife
  }

  async function run(): Promise<void> {
    while (session.isOpen) {
      const { arrivals } = feed
      const page = await backplane.read(key, { after: cursor.offset, limit: answerEvents })
      if (!session.isOpen) return
      if (take(page)) continue
      const leftMs = deadline - monotonicMs()
      if (told.length > 0 || leftMs <= 0) return answerNow()
      // What came while history was read may not have been in it.
      if (feed.arrivals === arrivals) await nextArrival(leftMs)
    }
  }

  async function nextArrival(ms: number): Promise<void> {
    const woken = new AbortController()
    stop = () => woken.abort()
    const unwatch = feed.watch(stop)
    await sleep(ms, woken.signal)
    unwatch()
  }

  return { answerNow, stop: () => stop(), over: run() }
}
