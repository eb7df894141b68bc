import { catchUp } from './catch-up.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane, Receiver } from './backplanes/backplane.ts'
import type { ChannelEvent } from './channel-event.ts'
import type { ChannelName } from './channel.ts'
import type { EncodedPages } from './encoded-pages.ts'
import type { ChannelExtent } from './resume.ts'
import type { Subscriber } from './subscriber.ts'
import type { Wire } from './transports/wire.ts'

export interface FeedSetup {
  readonly backplane: Pick<Backplane, 'read'>
  readonly pages: EncodedPages
  /** Has `flush` called when this turn is over. */
  readonly scheduleFlush: (feed: Feed) => void
  readonly onError: (feed: Feed, error: unknown) => void
}

/** Events of one turn on their way to all sessions. */
interface Broadcast {
  readonly batch: readonly ChannelEvent[]
  readonly first: ChannelEvent
  readonly last: ChannelEvent
  readonly encoded: Map<Wire, readonly Uint8Array[]>
  readonly sessions: Iterator<readonly [Subscriber, number]>
}

/**
 * One channel in this process: its live sessions, and what was published in this turn. Sessions that are not live yet
 * read history (catch-up) and are admitted at the point where both meet, so that nothing is lost or doubled between.
 */
export class Feed implements Receiver {
  readonly key: string
  readonly label: string
  readonly #setup: FeedSetup
  /** Each live session, with the offset up to which it has been served from history already. */
  readonly #live = new Map<Subscriber, number>()
  #batch: ChannelEvent[] = []
  /** What is being sent, and who has it yet to get. Newer events wait in the batch until it is over. */
  #broadcast: Broadcast | undefined
  /** The last event received, or the end; `undefined` until there is one, or a session stands somewhere. */
  #last: Position | undefined
  /** Whether the end was the last thing that came. */
  #completed = false
  #arrivals = 0
  readonly #watchers = new Set<() => void>()

  constructor({ key, label }: ChannelName, setup: FeedSetup) {
    this.key = key
    this.label = label
    this.#setup = setup
  }

  /** Starts serving a session that has everything up to `cursor`. */
  join(session: Subscriber, cursor: Position, extent?: ChannelExtent): void {
    const { backplane, pages } = this.#setup
    catchUp(this, session, cursor, backplane, pages, extent).catch((error: unknown) => {
      // Cut, not closed politely: the client comes back and asks for the rest.
      session.destroy('failed')
      this.#setup.onError(this, error)
    })
  }

  leave(session: Subscriber): void {
    this.#live.delete(session)
  }

  /** How many times something arrived: whoever reads history sees by it whether to read again. */
  get arrivals(): number {
    return this.#arrivals
  }

  /** Calls `wake` at the end of each turn in which something arrived, until the returned function is called. */
  watch(wake: () => void): () => void {
    this.#watchers.add(wake)
    return () => this.#watchers.delete(wake)
  }

  /**
   * Makes a session live if nothing after `cursor` was received that it would miss. `since`: how many `arrivals` there
   * were when the read that brought it there cannot have begun yet.
   * @returns `false` where it has to read on.
   */
  admit(session: Subscriber, cursor: Position, since: number | undefined): boolean {
    // What was read may be of before the end. Where it is not, the channel goes on: in another life, most likely.
    if (this.#completed && since !== this.#arrivals) return false
    this.#completed = false
    const last = this.#last
    const sameLife = last?.epoch === cursor.epoch
    if (last && sameLife && last.offset > cursor.offset) return false
    if (!sameLife) {
      // What was read may as well be of the life before the one that the live sessions know.
      if (last && since !== this.#arrivals) return false
      // Theirs ended unnoticed. They find out by reading, as this one did.
      if (last) this.#demoteAll(last)
      this.#last = cursor
    }
    this.#live.set(session, cursor.offset)
    return true
  }

  event(event: ChannelEvent): void {
    const last = this.#last
    if (last?.epoch === event.epoch) {
      if (event.offset <= last.offset) return
      if (event.offset !== last.offset + 1) this.#demoteAll(last)
    } else if (last) {
      this.#demoteAll(last)
    }
    this.#last = event
    this.#completed = false
    this.#arrivals++
    if (this.#live.size + this.#watchers.size === 0) return
    if (this.#batch.push(event) === 1) this.#setup.scheduleFlush(this)
  }

  missed(top: Position): void {
    const last = this.#last
    if (last?.epoch === top.epoch && top.offset <= last.offset) return
    if (last) this.#demoteAll(last)
    this.#last = top
    this.#completed = false
    this.#arrivals++
    this.#wake()
  }

  complete(end: Position): void {
    this.#completed = true
    this.#arrivals++
    this.flush()
    this.#wake()
    const last = this.#last
    for (const [session, reached] of this.#live) {
      const at = Math.max(reached, last?.offset ?? 0)
      if (last?.epoch === end.epoch && at === end.offset) session.finish(session.wire.complete(end, this.label))
    }
    // Whoever missed something on the way reads it, and finds the end there.
    if (last) this.#demoteAll(last)
    this.#last = end
  }

  /** Whether somebody still waits for what was published. */
  get isBusy(): boolean {
    return this.#broadcast !== undefined || this.#batch.length > 0
  }

  /**
   * Sends what was published: encoded once for each wire format, and joined once for all sessions.
   * @param limit how many sessions are served at most; the next call goes on with the others
   * @returns how many were
   */
  flush(limit = Infinity): number {
    let served = 0
    while (served < limit) {
      const broadcast = (this.#broadcast ??= this.#beginBroadcast())
      if (!broadcast) break
      served += this.#send(broadcast, limit - served)
    }
    return served
  }

  #beginBroadcast(): Broadcast | undefined {
    const batch = this.#batch
    const [first] = batch
    const last = batch.at(-1)
    if (!first || !last) return undefined
    this.#batch = []
    // Of the map itself: who leaves meanwhile is passed over, and who is admitted has all of this already.
    return { batch, first, last, encoded: new Map(), sessions: this.#live.entries() }
  }

  #send({ batch, first, last, encoded, sessions }: Broadcast, limit: number): number {
    let served = 0
    while (served < limit) {
      const next = sessions.next()
      if (next.done) {
        this.#broadcast = undefined
        this.#wake()
        break
      }
      served++
      const [session, reached] = next.value
      const { wire } = session
      if (reached >= first.offset) {
        const rest = batch.filter((event) => event.offset > reached)
        const end = rest.at(-1)
        if (end) session.writeAll(wire.events(rest, this.label), rest.length, end)
        continue
      }
      let chunks = encoded.get(wire)
      if (!chunks) encoded.set(wire, (chunks = wire.events(batch, this.label)))
      session.writeAll(chunks, batch.length, last)
    }
    return served
  }

  #wake(): void {
    for (const wake of this.#watchers) wake()
  }

  /** Sends every live session back to reading, from where the feed stood. */
  #demoteAll(last: Position): void {
    this.flush()
    const sessions = [...this.#live]
    this.#live.clear()
    for (const [session, reached] of sessions) {
      if (session.isOpen) this.join(session, { epoch: last.epoch, offset: Math.max(reached, last.offset) })
    }
  }
}
