import { backoffDelay } from './backoff.ts'
import { debug } from './debug.ts'
import { askUser, warn } from './env.ts'
import { StreamError } from './errors.ts'
import { allowedSilenceMs } from './heartbeat.ts'
import { judgeFailure } from './judge.ts'
import { createAttempt } from './link.ts'
import { initialState, transition } from './machine.ts'
import { createReceiver } from './receiver.ts'
import { createResume } from './resume.ts'

import type { RawEvent, StateChange } from './handlers.ts'
import type { Attempt, LinkHost } from './link.ts'
import type { Effect, MachineEvent, MachineState } from './machine.ts'
import type { ConnectionSettings } from './options.ts'
import type { Item } from './receiver.ts'
import type { Resume } from './resume.ts'
import type { StreamStats } from './stats.ts'
import type { Subscriber } from './subscriber.ts'
import type { Transport } from './transports/transport.ts'

/**
 * A connection that its subscribers share, with everything that outlives a single link. Only the functions of this file
 * change it, one event at a time.
 */
export interface SharedStream {
  readonly transport: Transport
  readonly settings: ConnectionSettings
  readonly subscribers: Set<Subscriber>
  readonly resume: Resume
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
  const cursor = settings.lastEventId ?? ''
  const resume = createResume(cursor)
  const stream: SharedStream = {
    transport,
    settings,
    subscribers: new Set(),
    resume,
    // The host acts on the stream that it is a part of.
    host: createHost(settings, resume, () => stream),
    onIdle,
    inbox: [],
    counts: { attempts: 0, events: 0, duplicatesDropped: 0, gaps: 0, bytes: 0 },
    machine: initialState(settings.maxRetries),
    cursor,
  }
  return stream
}

export function statsOf({ counts, settings: { clock }, openedAt, lastByteAt }: SharedStream): StreamStats {
  const age = (since: number | undefined) => (since === undefined ? since : clock.now() - since)
  return { ...counts, uptimeMs: age(openedAt) ?? 0, lastByteAgeMs: age(lastByteAt) }
}

/** Hands an event to the machine and does what it says. Events that come meanwhile wait for their turn. */
export function dispatch(stream: SharedStream, event: MachineEvent, error?: StreamError): void {
  const { inbox } = stream
  if (inbox.push([event, error]) > 1) return
  for (let next; (next = inbox[0]);) {
    try {
      step(stream, ...next)
    } finally {
      inbox.shift()
    }
  }
}

function step(stream: SharedStream, event: MachineEvent, error: StreamError | undefined): void {
  const { machine, transport, subscribers } = stream
  const [next, ...effects] = transition(machine, event)
  if (next === machine) return
  stream.machine = next
  let retryInMs: number | undefined
  for (const effect of effects) retryInMs = perform[effect](stream, error) ?? retryInMs
  const { status: state, reason, attempt } = next
  const { status: previous } = machine
  if (error) {
    error.willRetry = state === 'retrying'
    everyone(stream, (subscriber) => subscriber.failed(error))
  }
  if (state === previous && reason === machine.reason && retryInMs === undefined) return
  debug('stream', () => `${transport.url} ${previous} -> ${state} (${reason}, attempt ${attempt})`)
  const change: StateChange = { state, previous, reason, attempt, retryInMs, error, transport: transport.name }
  everyone(stream, (subscriber) => subscriber.stateChanged(change))
  const isEnd = state === 'error' || state === 'disconnected'
  if (isEnd) deliver(stream, { isEnd, error, cursor: stream.cursor })
  if (isEnd || (!subscribers.size && state === 'retrying')) stream.onIdle()
}

const perform: Record<Effect, (stream: SharedStream, error: StreamError | undefined) => number | void> = {
  dial(stream) {
    stream.counts.attempts++
    stream.attempt = createAttempt(stream.host)
    stream.transport.connect(stream.attempt)
  },
  hangUp(stream) {
    const { attempt } = stream
    stream.attempt = stream.openedAt = undefined
    attempt?.hangUp()
  },
  scheduleRetry(stream, error) {
    const { clock, retryDelay, minRetryDelay, maxRetryDelay, jitter } = stream.settings
    const baseMs = Math.max(stream.serverRetryMs ?? retryDelay, minRetryDelay)
    const delayMs = backoffDelay(
      stream.machine.attempt - 1,
      { baseMs, maxMs: maxRetryDelay, jitter, retryAfterMs: error?.retryAfterMs },
      () => clock.random(),
    )
    stream.cancelRetry = clock.after(delayMs, () => dispatch(stream, 'retryDue'))
    return delayMs
  },
  cancelRetry: (stream) => stream.cancelRetry?.(),
}

/** A handler may close its stream, or open another one, while the others are told. */
function everyone(stream: SharedStream, tell: (subscriber: Subscriber) => void): void {
  for (const subscriber of [...stream.subscribers]) tell(subscriber)
}

function deliver(stream: SharedStream, item: Item): void {
  const { counts, machine, subscribers } = stream
  const { event, error, gap, cursor, comment, isEnd } = item
  const hasMoved = cursor !== stream.cursor
  stream.cursor = cursor
  if (gap) counts.gaps++
  if (event && !error) counts.events++
  // The first of a link proves something; the others prove nothing more.
  if (event && !machine.delivered) later(stream, 'delivered')
  if (hasMoved && !machine.progressed) later(stream, 'progressed')
  if (event || gap || hasMoved || isEnd || comment !== undefined)
    for (const subscriber of subscribers) subscriber.push(item)
}

/** Dispatches outside of the transport's stack, and only if the link that told it is still the one. */
function later(stream: SharedStream, event: MachineEvent, makeError?: () => StreamError): void {
  const { attempt } = stream
  queueMicrotask(() => {
    if (!attempt || stream.attempt !== attempt) return
    const error = makeError?.()
    // The user's shouldRetry may have dialled anew.
    if (stream.attempt === attempt) dispatch(stream, error && !error.retryable ? 'fatal' : event, error)
  })
}

/** Ends the current link: what it tells from now on is ignored. */
function endLink(stream: SharedStream, event: 'lost' | 'completed', makeError?: () => StreamError): void {
  const { attempt } = stream
  if (!attempt || attempt.isOver) return
  attempt.isOver = true
  later(stream, event, makeError)
}

function judge({ transport, settings, attempt, everConnected, resume }: SharedStream, error: StreamError): StreamError {
  const facts = {
    isUnrepeatable: transport.isUnsafe && !settings.retryUnsafe && !resume.token,
    wasOpen: !!attempt?.isOpen,
    everConnected: !!everConnected,
  }
  return judgeFailure(error, facts, settings.shouldRetry)
}

function createHost(settings: ConnectionSettings, resume: Resume, self: () => SharedStream): LinkHost {
  const { clock, isComplete, heartbeatInterval, reconnectOnClose } = settings
  const failed = (error: StreamError) => endLink(self(), 'lost', () => judge(self(), error))
  const completed = () => endLink(self(), 'completed')
  return {
    settings,
    resume,
    receiver: createReceiver(resume, (event: RawEvent) => askUser(() => isComplete?.(event), false), {
      item: (item) => deliver(self(), item),
      duplicate: () => self().counts.duplicatesDropped++,
      announced: (heartbeatMs) => (self().announcedMs = heartbeatMs),
      completed,
      failed,
    }),
    opened() {
      self().openedAt = clock.now()
      self().everConnected = true
      later(self(), 'opened')
    },
    healthy: () => later(self(), 'healthy'),
    bytes(count) {
      self().counts.bytes += count
      self().lastByteAt = clock.now()
    },
    commentSeen: () => (self().commentSeen = true),
    retry: (ms) => (self().serverRetryMs = ms),
    ended() {
      if (reconnectOnClose ?? !self().transport.isUnsafe)
        failed(new StreamError('ENDED', 'the server ended the response'))
      else completed()
    },
    completed,
    failed,
    silenceMs: () => allowedSilenceMs(heartbeatInterval, self().announcedMs, !!self().commentSeen),
    isHeldBack: () => isHeldBack(self()),
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
  return !!slowest || !subscribers.size
}

/** A consumer made room, came or went: reading goes on if nothing is in its way. */
export function roomChanged(stream: SharedStream): void {
  if (!isHeldBack(stream)) stream.attempt?.release()
}
