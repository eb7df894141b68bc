import { initialState, isOver } from './machine.ts'
import { createResume } from './resume.ts'
import { noStats } from './stats.ts'

import type { StreamError } from './errors.ts'
import type { Subscriber } from './item.ts'
import type { MachineEvent, MachineState, PauseReason, SwitchReason } from './machine.ts'
import type { ConnectionSettings } from './options.ts'
import type { Resume } from './resume.ts'
import type { StreamStats } from './stats.ts'
import type { TransportChoice } from './transport-choice.ts'
import type { Transport } from './transports/transport.ts'

/** What happened, with its reason or the failure that made it happen. */
export type Message = readonly [MachineEvent, (StreamError | undefined)?, (PauseReason | SwitchReason)?]

/** One physical link from dial to hang-up, as its stream sees it. */
export interface ActiveLink {
  /** When it opened, on the clock that never runs backwards; `undefined` before. */
  openedAt?: number
  /** Whether nothing of it counts any more: it was hung up, or its end has been told and is about to be handled. */
  isOver?: boolean
  /** What its credentials came from. */
  refresh?: object | undefined
  /** What it showed of who it was, as far as that can be seen. */
  credential: string
  /** Lets a reader go that is held back. */
  release?: () => void
  /** Aborts it. */
  abort(): void
  /** Expects a sign of life within half the usual time. */
  verify(): unknown
}

/**
 * A connection that its subscribers share, with everything that outlives a single link. Only the functions of stream.ts
 * change its state, one event at a time.
 */
export interface SharedStream {
  /** The one in use. */
  transport: Transport
  /** Between several, where there are. */
  choice?: TransportChoice
  readonly settings: ConnectionSettings
  /** Streams with an equal one may join; undefined: none may. */
  readonly key: readonly unknown[] | undefined
  readonly subscribers: Set<Subscriber>
  readonly resume: Resume
  /** Milliseconds since 1970. */
  readonly since: number
  /** Begins a link and makes it the stream's. */
  readonly dial: (stream: SharedStream) => void
  /** Told when the stream is over, or has lost its link with nobody there to miss it. */
  readonly onIdle: () => void
  readonly inbox: Message[]
  readonly counts: { -readonly [Name in keyof StreamStats]: StreamStats[Name] }
  /** By name, what cancels a timer. They end with the link. */
  readonly timers: Record<string, () => void>
  machine: MachineState
  link?: ActiveLink | undefined
  /** The server's `retry:`, kept until it is changed. */
  serverRetryMs?: number
  announcedMs?: number
  commentSeen?: boolean
  everConnected?: boolean
  /** What the last refused link showed of who it was; undefined once another one has proved that it may come in. */
  refused?: string | undefined
  /** Until when it counts, by the clock that goes on through sleep; undefined until credentials have been refreshed. */
  refusedUntil?: number | undefined
  /** What the credentials of that link came from. */
  refusedRefresh?: object | undefined
  /** Whether credentials have to be refreshed before the next link. */
  mustRefresh?: boolean
  /** When the wait for the next attempt is over, and what the server wants it not to be before. */
  dueAt?: number
  notBefore?: number
  hasWarned?: boolean
  lastByteAt?: number
  /** The last event ID that came with an item. */
  cursor: string
  /** The longest-standing subscriber's ID; the last one's while the link lingers. */
  id: string
  cancelLinger?: (() => void) | undefined
  /** Ends the watch over page and machine. */
  unwatch?: () => void
}

export function createSharedStream(
  transport: Transport,
  settings: ConnectionSettings,
  key: SharedStream['key'],
  dial: SharedStream['dial'],
  onIdle: SharedStream['onIdle'],
): SharedStream {
  const cursor = settings.lastEventId ?? ''
  return {
    transport,
    settings,
    key,
    dial,
    onIdle,
    subscribers: new Set(),
    resume: createResume(cursor),
    since: settings.clock.wallNow(),
    inbox: [],
    counts: { ...noStats },
    timers: {},
    machine: initialState(settings.maxRetries),
    cursor,
    id: '',
  }
}

export const isLive = ({ machine }: SharedStream): boolean => !isOver(machine)

export function statsOf({ counts, settings: { clock }, link, lastByteAt }: SharedStream): StreamStats {
  const age = (since: number | undefined) => (since === undefined ? since : clock.now() - since)
  return { ...counts, uptimeMs: age(link?.openedAt) ?? 0, lastByteAgeMs: age(lastByteAt) }
}

/** Replaces the timer of this name; 0 milliseconds only cancel it. */
export function setTimer({ timers, settings }: SharedStream, name: string, ms = 0, callback?: () => void): void {
  timers[name]?.()
  delete timers[name]
  if (ms && callback) timers[name] = settings.clock.after(ms, callback)
}
