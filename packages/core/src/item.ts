import type { StreamError } from './errors.ts'
import type { RawEvent, StateChange } from './handlers.ts'
import type { Gap } from './resume.ts'

/** One thing that waits for a consumer, in the order in which it was received. */
export interface Item {
  /** The last event ID once this has been handled. */
  readonly cursor: string
  readonly event?: RawEvent | undefined
  /** Whether the event is the last one. */
  readonly isLast?: boolean | undefined
  /** Why the event is not to be used; or, without an event, what ended the stream. */
  readonly error?: StreamError | undefined
  readonly gap?: Gap | undefined
  readonly comment?: string | undefined
  /** Whether no more will come. */
  readonly isEnd?: boolean | undefined
}

/** One consumer, as the stream sees it. No method throws; what `push` takes is handled later. */
export interface Subscriber {
  readonly id: string
  /** Whether it wants nothing more to be read. */
  readonly isFull: boolean
  /** Whether the link is to be ended, and resumed later, rather than left unread. */
  readonly closesWhenFull: boolean
  push(item: Item): void
  changed(change: StateChange): void
}
