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

/** One of the channels that a poll asks for. */
interface Asked {
  readonly feed: Feed
  cursor: Position
}

/** One poll: it answers as soon as there is something to tell, or when it has waited for long enough. */
export class Poll {
  readonly #asked: readonly Asked[]
  readonly #told: Uint8Array[]
  readonly #deadline: number
  #events = 0
  #bytes = 0
  /** Set when it begins. */
  #session: Session | undefined
  #prepare: (body: Uint8Array) => void = () => {}
  #waiting: AbortController | undefined

  /** `told` is what there is to tell before anything is read. */
  constructor(joints: readonly Joint[], told: readonly Uint8Array[], waitMs: number) {
    this.#deadline = monotonicMs() + waitMs
    this.#asked = joints.map(({ feed, plan }) => ({ feed, cursor: plan.cursor }))
    this.#told = [...told]
    for (const { feed, plan } of joints) if (plan.gap) this.#told.push(gapEnvelope(plan.gap, feed.label))
  }

  /**
   * Reads, waits and answers through `session`. `prepare` sees the body first.
   * Settles when the poll is answered or its client gone; rejects where history cannot be read.
   */
  async run(backplane: Pick<Backplane, 'read'>, session: Session, prepare: (body: Uint8Array) => void): Promise<void> {
    this.#session = session
    this.#prepare = prepare
    while (session.isOpen) {
      const arrivals = this.#countArrivals()
      await this.#read(backplane, session)
      if (!session.isOpen) return
      const leftMs = this.#deadline - monotonicMs()
      if (this.#told.length > 0 || leftMs <= 0) return this.answerNow()
      // What came while history was read may not have been in it.
      if (this.#countArrivals() === arrivals) await this.#nextArrival(leftMs)
    }
  }

  /** Answers with what there is, for a server that closes. */
  answerNow(): void {
    const session = this.#session
    if (!session?.isOpen) return
    const positions = this.#asked.map(({ feed, cursor }) => [feed.label, cursor] as const)
    const body = formatPollAnswer(this.#told, positions)
    this.#prepare(body)
    session.write(body, this.#events)
    session.finish()
  }

  /** Stops waiting: the client is gone. */
  stop(): void {
    this.#waiting?.abort()
  }

  async #read(backplane: Pick<Backplane, 'read'>, session: Session): Promise<void> {
    for (let next = 0; next < this.#asked.length && this.#bytes < answerBytes && this.#events < answerEvents;) {
      const of = this.#asked[next]
      if (!of) break
      const limit = answerEvents - this.#events
      const page = await backplane.read(of.feed.key, { after: of.cursor.offset, limit })
      if (!session.isOpen) return
      if (!this.#take(of, page)) next++
    }
  }

  /** @returns whether the page has to be read again. */
  #take(of: Asked, page: Page): boolean {
    const { label } = of.feed
    const step = advance(of.cursor, page)
    if (step.gap) this.#told.push(gapEnvelope(step.gap, label))
    const isOtherLife = page.epoch !== of.cursor.epoch
    const some = envelopesWithin(step.events, label, answerBytes - this.#bytes)
    this.#told.push(...some)
    this.#events += some.length
    this.#bytes += some.reduce((sum, envelope) => sum + envelope.length, 0)
    const last = step.events[some.length - 1]
    of.cursor = last ? { epoch: last.epoch, offset: last.offset } : step.cursor
    const isOver = !isOtherLife && page.completed && of.cursor.offset === page.top
    if (isOver) this.#told.push(completeEnvelope(of.cursor, label))
    return isOtherLife
  }

  #countArrivals(): number {
    return this.#asked.reduce((sum, { feed }) => sum + feed.arrivals, 0)
  }

  async #nextArrival(ms: number): Promise<void> {
    const woken = new AbortController()
    this.#waiting = woken
    const unwatch = this.#asked.map(({ feed }) => feed.watch(() => woken.abort()))
    await sleep(ms, woken.signal)
    for (const end of unwatch) end()
  }
}
