import { ChannelEvent } from '../../channel-event.ts'
import { HotTail } from './hot-tail.ts'
import { isLater, writeWitness } from './known-channel.ts'
import { unknownRun } from './server-run.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Page, ReadRange, Receiver } from '../backplane.ts'
import type { KnownChannel } from './known-channel.ts'
import type { ServerRun } from './server-run.ts'

// Held while history is read; over it they are forgotten, as history has them.
const maxHeld = 4096
const maxDigits = 15

/**
 * A channel that somebody follows in this process: what was brought of it, and what has to come next. Live messages pass
 * through as long as each is the next one. At any other the channel holds them back until a page of history has been
 * applied that reaches them.
 */
export class FollowedChannel {
  readonly key: string
  /** What this process knows besides: a page that lacks what it published would be older than it may be. */
  readonly known: KnownChannel
  /** Another array whenever one comes or goes: whoever walks over it is not disturbed. */
  receivers: readonly Receiver[] = []
  /** When the last receiver left, and when its position is to be checked; on the monotonic clock. */
  idleSince = 0
  checkAt = 0
  /** Whether messages may have been lost since the last page. */
  isBehind = true
  readonly #tail = new HotTail()
  #epoch: string | undefined
  /** The epoch as it stands in a message: found at once, where a comparison at a place costs twice as much. */
  #mark = ''
  /** The Redis process that confirmed `#last`, as the link knew it. */
  #run = unknownRun
  #last = 0
  #oldest = 1
  #isLive = false
  #isCompleted = false
  /** Whether history says so as well: a message may be anybody's. */
  #isEndSure = false
  #held: ChannelEvent[] = []
  /** How many of the held ones were there when the page that comes next was asked for. */
  #heldBefore = 0
  #again = false

  constructor(key: string, known: KnownChannel) {
    this.key = key
    this.known = known
  }

  /** The life that it was followed in last; `undefined` before the first page. */
  get epoch(): string | undefined {
    return this.#epoch
  }

  get isCompleted(): boolean {
    return this.#isCompleted
  }

  /** What to tell Redis, which may know less after a crash: the farthest that was seen here. */
  get witness(): string {
    const { position, isCompleted } = this.known
    const epoch = this.#epoch
    const offset = this.#last
    if (epoch === undefined || (position && isLater(position, epoch, offset))) return this.known.witness
    const isEnd = isCompleted && position?.epoch === epoch && position.offset === offset
    return writeWitness({ epoch, offset }, isEnd || this.#isEndSure, this.#run)
  }

  /** {@link witness}, unless it comes over the same link. */
  witnessIn(run: ServerRun): string {
    return this.#run === run ? '' : this.witness
  }

  /**
   * Takes the message that comes next, if it is an event of this life and nothing is missing: what nearly all of them
   * are. @returns whether it was.
   */
  takeNext(text: string): boolean {
    const epoch = this.#epoch
    const mark = this.#mark
    if (!this.#isLive || epoch === undefined) return false
    const behind = text.indexOf(mark)
    if (behind < 1 || behind > maxDigits) return false
    let offset = 0
    for (let at = 0; at < behind; at++) {
      const digit = text.charCodeAt(at) - 48
      if (!(digit >= 0 && digit <= 9)) return false
      offset = offset * 10 + digit
    }
    const json = behind + mark.length
    if (offset !== this.#last + 1 || text.length <= json) return false
    this.#deliver(new ChannelEvent(epoch, offset, text.slice(json)))
    return true
  }

  /** Takes a message. @returns whether history has to be read. */
  take(event: ChannelEvent): boolean {
    if (this.#isLive && event.epoch === this.#epoch) {
      if (event.offset === this.#last + 1) {
        this.#deliver(event)
        return false
      }
      if (event.offset <= this.#last) return false
    }
    if (this.#held.length < maxHeld) {
      this.#held.push(event)
    } else {
      this.#held = []
      this.#heldBefore = 0
      this.#again = true
    }
    return this.#stop()
  }

  /** Takes the news that the channel ended there. @returns whether history has to be read. */
  takeEnd({ epoch, offset }: Position): boolean {
    if (!this.#isLive || epoch !== this.#epoch || offset !== this.#last) return this.suspend()
    // It may end again, where Redis had lost that.
    if (!this.#isCompleted) this.#complete()
    return false
  }

  /** Takes the news that the channel stands there. @returns whether history has to be read. */
  takeTop({ epoch, offset }: Position): boolean {
    return epoch === this.#epoch && offset <= this.#last ? false : this.suspend()
  }

  /** Lets nothing pass until a page has been applied that was asked for after this. @returns whether anything did. */
  suspend(): boolean {
    this.#again = true
    return this.#stop()
  }

  /** To be called before a page is asked for. @returns what to ask for. */
  beginPage(limit: number): ReadRange {
    this.#again = false
    this.#heldBefore = this.#held.length
    return this.#epoch === undefined ? { after: 0, limit: 0 } : { after: this.#last, limit }
  }

  /** Goes on with a page. @returns whether the channel is live then; else the next page is needed. */
  apply(page: Page, run: ServerRun): boolean {
    this.#run = run
    this.#oldest = page.oldest
    if (this.#epoch === undefined) {
      this.#stand(page.epoch, page.top)
    } else if (page.epoch !== this.#epoch) {
      this.#jump(page.epoch, page.top)
    } else {
      if (page.oldest > this.#last + 1) this.#jump(page.epoch, page.oldest - 1)
      for (const event of page.events) if (event.offset === this.#last + 1) this.#deliver(event)
      if (this.#last < page.top) return false
      if (page.completed && !this.#isCompleted) this.#complete()
      this.#isEndSure = page.completed
    }
    if (!this.#release() || this.#again) return false
    this.#isLive = true
    this.isBehind = false
    return true
  }

  /** A page from what was brought here, where that is as good as Redis' own. */
  pageFromTail({ after, limit }: ReadRange): Page | undefined {
    if (!this.#isLive || this.isBehind || this.#isCompleted || this.#epoch === undefined || limit === 0)
      return undefined
    const { position } = this.known
    if (position && (position.epoch !== this.#epoch || position.offset > this.#last)) return undefined
    const events = this.#tail.after(after, limit)
    if (!events) return undefined
    return { epoch: this.#epoch, oldest: this.#oldest, top: this.#last, completed: false, events }
  }

  /** What is held goes on behind whatever page reaches it. */
  #stop(): boolean {
    const was = this.#isLive
    this.#isLive = false
    return was
  }

  #deliver(event: ChannelEvent): void {
    this.#last = event.offset
    // Redis may have lost that it had ended.
    this.#isCompleted = this.#isEndSure = false
    this.#tail.push(event)
    for (const receiver of this.receivers) receiver.event(event)
  }

  #complete(): void {
    if (this.#epoch === undefined) return
    this.#isCompleted = true
    for (const receiver of this.receivers) receiver.complete({ epoch: this.#epoch, offset: this.#last })
  }

  #stand(epoch: string, offset: number): void {
    this.#epoch = epoch
    this.#mark = `:${epoch}:`
    this.#last = offset
    this.#tail.clear()
  }

  /** What lies between cannot be brought: another life, or history that is gone. */
  #jump(epoch: string, offset: number): void {
    if (epoch !== this.#epoch) this.#isCompleted = this.#isEndSure = false
    this.#stand(epoch, offset)
    for (const receiver of this.receivers) receiver.missed({ epoch, offset })
  }

  /**
   * Delivers what was held and comes next. Of what cannot come next, messages from before the page are none: it would
   * show them.
   * @returns whether nothing is left.
   */
  #release(): boolean {
    const held = this.#held
    const before = this.#heldBefore
    this.#held = []
    this.#heldBefore = 0
    for (const [index, event] of held.entries()) {
      if (event.epoch === this.#epoch && event.offset === this.#last + 1) this.#deliver(event)
      else if (index >= before && (event.epoch !== this.#epoch || event.offset > this.#last)) this.#held.push(event)
    }
    return this.#held.length === 0
  }
}
