import { createAttempt } from './attempt.ts'
import { backoffDelay } from './backoff.ts'
import { debug } from './debug.ts'
import { reportThrown, warn } from './env.ts'
import { StreamError } from './errors.ts'
import { allowedSilenceMs } from './heartbeat.ts'
import { judgeFailure } from './judge.ts'
import { createLink } from './link.ts'
import { initialState, transition } from './machine.ts'
import { createReceiver } from './receiver.ts'
import { createResume } from './resume.ts'

import type { Attempt } from './attempt.ts'
import type { RawEvent, StateChange } from './handlers.ts'
import type { Judgement } from './judge.ts'
import type { LinkHost } from './link.ts'
import type { Effect, MachineEvent, MachineState } from './machine.ts'
import type { ConnectionSettings } from './options.ts'
import type { Item } from './receiver.ts'
import type { Subscriber } from './subscriber.ts'
import type { Transport } from './transports/transport.ts'

/** Counters over all links of a stream. */
export interface StreamStats {
  /** Links dialled. */
  readonly attempts: number
  /** Milliseconds since the current link opened; 0 without one. */
  readonly uptimeMs: number
  /** Milliseconds since the last byte came; `undefined` before the first. */
  readonly lastByteAgeMs: number | undefined
  readonly events: number
  /** Events that came again and were dropped. */
  readonly duplicatesDropped: number
  readonly gaps: number
  readonly bytes: number
}

/**
 * A connection that its subscribers share, with everything that outlives a single link. Only the functions of this file
 * change it, one event at a time.
 */
export interface SharedStream {
  readonly transport: Transport
  readonly settings: ConnectionSettings
  readonly subscribers: Set<Subscriber>
  readonly host: LinkHost
  /** Told when the stream is over, or has lost its link with nobody there to miss it. */
  readonly onIdle: () => void
  readonly inbox: (readonly [MachineEvent, StreamError | undefined])[]
  readonly counts: { attempts: number; events: number; duplicatesDropped: number; gaps: number; bytes: number }
  machine: MachineState
  attempt?: Attempt | undefined
  cancelRetry?: (() => void) | undefined
  /** The server's `retry:`, kept until it is changed. */
  serverRetryMs?: number
  announcedMs?: number
  commentSeen?: boolean
  everConnected?: boolean
  hasWarned?: boolean
  openedAt?: number | undefined
  lastByteAt?: number
  /** The last event ID that came with an item. */
  cursor: string
}

export function createSharedStream(
  transport: Transport,
  settings: ConnectionSettings,
  onIdle: () => void,
): SharedStream {
  const stream: SharedStream = {
    transport,
    settings,
    subscribers: new Set(),
    // The host acts on the stream that it is a part of.
    host: createHost(settings, () => stream),
    onIdle,
    inbox: [],
    counts: { attempts: 0, events: 0, duplicatesDropped: 0, gaps: 0, bytes: 0 },
    machine: initialState(settings.maxRetries),
    cursor: settings.lastEventId ?? '',
  }
  return stream
}

export function statsOf({ counts, settings: { clock }, openedAt, lastByteAt }: SharedStream): StreamStats {
  const now = clock.now()
  return {
    ...counts,
    uptimeMs: openedAt === undefined ? 0 : now - openedAt,
    lastByteAgeMs: lastByteAt === undefined ? undefined : now - lastByteAt,
  }
}

/** Hands an event to the machine and does what it says. Events that come meanwhile wait for their turn. */
export function dispatch(stream: SharedStream, event: MachineEvent, error?: StreamError): void {
  const { inbox } = stream
  inbox.push([event, error])
  if (inbox.length > 1) return
  for (let next = inbox[0]; next; next = inbox[0]) {
    try {
      step(stream, ...next)
    } finally {
      inbox.shift()
    }
  }
}

function step(stream: SharedStream, event: MachineEvent, error: StreamError | undefined): void {
  const previous = stream.machine
  const [next, ...effects] = transition(previous, event)
  if (next === previous) return
  stream.machine = next
  let retryInMs: number | undefined
  for (const effect of effects) retryInMs = perform[effect](stream, error) ?? retryInMs
  if (error) {
    error.willRetry = next.status === 'retrying'
    everyone(stream, (subscriber) => subscriber.failed(error))
  }
  if (next.status !== previous.status || next.reason !== previous.reason || retryInMs !== undefined) {
    announce(stream, {
      state: next.status,
      previous: previous.status,
      reason: next.reason,
      attempt: next.attempt,
      retryInMs,
      error,
    })
  }
}

const perform: Record<Effect, (stream: SharedStream, error: StreamError | undefined) => number | void> = {
  dial(stream) {
    stream.counts.attempts++
    stream.attempt = createAttempt(stream.settings.clock)
    stream.transport.connect(createLink(stream.host, stream.attempt))
  },
  hangUp(stream) {
    const { attempt } = stream
    stream.attempt = stream.openedAt = undefined
    attempt?.hangUp()
  },
  scheduleRetry(stream, error) {
    const { clock, retryDelay, minRetryDelay, maxRetryDelay, jitter } = stream.settings
    const baseMs = Math.max(stream.serverRetryMs ?? retryDelay, minRetryDelay)
    const backoff = { baseMs, maxMs: maxRetryDelay, jitter, retryAfterMs: error?.retryAfterMs }
    const delayMs = backoffDelay(stream.machine.attempt - 1, backoff, () => clock.random())
    stream.cancelRetry = clock.after(delayMs, () => dispatch(stream, 'retryDue'))
    return delayMs
  },
  cancelRetry(stream) {
    stream.cancelRetry?.()
    stream.cancelRetry = undefined
  },
}

function announce(stream: SharedStream, change: Omit<StateChange, 'transport'>): void {
  const { transport, subscribers } = stream
  const { state, previous, reason, attempt, error } = change
  debug('stream', () => `${transport.url} ${previous} -> ${state} (${reason}, attempt ${attempt})`)
  everyone(stream, (subscriber) => subscriber.stateChanged({ ...change, transport: transport.name }))
  if (state === 'connected') everyone(stream, (subscriber) => subscriber.opened())
  const isOver = state === 'error' || state === 'disconnected'
  if (isOver) deliver(stream, { kind: 'end', error, cursor: stream.host.resume.lastEventId })
  if (isOver || (subscribers.size === 0 && state === 'retrying')) stream.onIdle()
}

/** A handler may close its stream, or open another one, while the others are told. */
function everyone(stream: SharedStream, tell: (subscriber: Subscriber) => void): void {
  for (const subscriber of [...stream.subscribers]) tell(subscriber)
}

function deliver(stream: SharedStream, item: Item): void {
  if (item.kind === 'gap') stream.counts.gaps++
  if (item.kind === 'event') {
    stream.counts.events++
    tellOnce(stream, 'delivered')
  }
  if (item.cursor !== stream.cursor) {
    stream.cursor = item.cursor
    tellOnce(stream, 'progressed')
  }
  for (const subscriber of stream.subscribers) subscriber.push(item)
}

/** What a link proves by its first event; the others prove nothing more. */
function tellOnce(stream: SharedStream, event: 'delivered' | 'progressed'): void {
  if (!stream.machine[event]) later(stream, event)
}

/** Dispatches outside of the transport's stack, and only if the link that told it is still the one. */
function later(stream: SharedStream, event: MachineEvent): void {
  const { attempt } = stream
  queueMicrotask(() => {
    if (attempt && stream.attempt === attempt) dispatch(stream, event)
  })
}

/** Ends the current link: what it tells from now on is ignored, and the judgement follows outside of its stack. */
function endLink(stream: SharedStream, judge: () => Judgement | 'completed'): void {
  const { attempt } = stream
  if (!attempt || attempt.isOver) return
  attempt.markOver()
  queueMicrotask(() => {
    if (stream.attempt !== attempt) return
    const judgement = judge()
    if (judgement === 'completed') dispatch(stream, 'completed')
    else dispatch(stream, judgement.event, judgement.error)
  })
}

function judge(stream: SharedStream, error: StreamError): Judgement {
  const { transport, settings, attempt, everConnected = false, host } = stream
  const facts = {
    isUnsafe: transport.isUnsafe,
    retryUnsafe: settings.retryUnsafe ?? false,
    wasOpen: attempt?.isOpen ?? false,
    everConnected,
    isResumable: host.resume.token !== '',
  }
  try {
    return judgeFailure(error, facts, settings.shouldRetry)
  } catch (thrown) {
    reportThrown(thrown)
    return judgeFailure(error, facts)
  }
}

function createHost(settings: ConnectionSettings, self: () => SharedStream): LinkHost {
  const failed = (error: StreamError) => endLink(self(), () => judge(self(), error))
  const completed = () => endLink(self(), () => 'completed')
  const resume = createResume(settings.lastEventId ?? '')
  return {
    settings,
    resume,
    receiver: createReceiver(resume, completionTest(settings), {
      item: (item) => deliver(self(), item),
      duplicate: () => void self().counts.duplicatesDropped++,
      announced: (heartbeatMs) => void (self().announcedMs = heartbeatMs),
      completed,
      failed,
    }),
    opened() {
      self().openedAt = settings.clock.now()
      self().everConnected = true
      later(self(), 'opened')
    },
    healthy: () => dispatch(self(), 'healthy'),
    counted(bytes) {
      self().counts.bytes += bytes
      self().lastByteAt = settings.clock.now()
    },
    commented(text) {
      self().commentSeen = true
      everyone(self(), (subscriber) => subscriber.commented(text))
    },
    retryTold: (ms) => void (self().serverRetryMs = ms),
    ended() {
      const { reconnectOnClose = !self().transport.isUnsafe } = settings
      if (reconnectOnClose) failed(new StreamError('ENDED', 'the server ended the response'))
      else completed()
    },
    completed,
    failed,
    silenceMs() {
      const { announcedMs, commentSeen = false } = self()
      return allowedSilenceMs({ optionMs: settings.heartbeatInterval, announcedMs, commentSeen })
    },
    isHeldBack: () => isHeldBack(self()),
  }
}

function completionTest({ isComplete }: ConnectionSettings): (event: RawEvent) => boolean {
  return (event) => {
    try {
      return isComplete?.(event) ?? false
    } catch (error) {
      reportThrown(error)
      return false
    }
  }
}

/** Whether nothing more is to be read for now: a consumer is full, or there is none and the link lingers. */
function isHeldBack(stream: SharedStream): boolean {
  const { subscribers } = stream
  const slowest = [...subscribers].find(({ isFull }) => isFull)
  if (slowest && subscribers.size > 1 && !stream.hasWarned) {
    stream.hasWarned = true
    warn(`stream ${slowest.id} is slow and holds back ${subscribers.size - 1} other(s) on ${stream.transport.url}`)
  }
  return slowest !== undefined || subscribers.size === 0
}

/** A consumer made room, came or went: reading goes on if nothing is in its way. */
export function roomChanged(stream: SharedStream): void {
  if (stream.attempt?.isHeld && !isHeldBack(stream)) stream.attempt.release()
}
