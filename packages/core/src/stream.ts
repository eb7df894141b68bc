import { backoffDelay } from './backoff.ts'
import { debug } from './debug.ts'
import { warn } from './env.ts'
import { judgeFailure } from './judge.ts'
import { transition } from './machine.ts'
import { isLive, setTimer } from './shared-stream.ts'

import type { StreamError } from './errors.ts'
import type { Item } from './item.ts'
import type { Effect } from './machine.ts'
import type { Message, SharedStream } from './shared-stream.ts'

/** A wait that is cut short becomes a random one of at most this, and the shortest wait. */
const hastyMs = 1000

/** Hands an event to the machine and does what it says. Events that come meanwhile wait for their turn. */
export function dispatch(stream: SharedStream, ...message: Message): void {
  const { inbox } = stream
  if (inbox.push(message) > 1) return
  for (let next; (next = inbox[0]);) {
    try {
      step(stream, ...next)
    } finally {
      inbox.shift()
    }
  }
}

function step(stream: SharedStream, ...[event, error, why]: Message): void {
  const { machine, subscribers, onIdle } = stream
  const [next, ...effects] = transition(machine, event, why)
  if (next === machine) return
  stream.machine = next
  if (event === 'start') stream.refused = undefined
  let retryInMs: number | undefined
  for (const effect of effects) retryInMs = perform[effect](stream, error) ?? retryInMs
  const { status: state, reason, attempt } = next
  const { status: previous } = machine
  const { transport } = stream
  if (state === previous && reason === machine.reason && !error && retryInMs === undefined) return
  if (error) error.willRetry = isLive(stream)
  debug('stream', () => `${transport.url} ${previous} -> ${state} (${reason}, attempt ${attempt})`)
  // A handler may close its stream, or open another one, while the others are told.
  for (const subscriber of [...subscribers])
    if (subscribers.has(subscriber))
      subscriber.changed({ state, previous, reason, attempt, retryInMs, error, transport: transport.name })
  const isEnd = !isLive(stream)
  if (isEnd) deliver(stream, { isEnd, error, cursor: stream.cursor })
  if (isEnd || (!subscribers.size && state === 'retrying')) onIdle()
}

const perform: Record<Effect, (stream: SharedStream, error: StreamError | undefined) => number | void> = {
  dial(stream) {
    setTimer(stream, 'retry')
    // It binds one wait, also where it was not waited for.
    stream.notBefore = 0
    stream.counts.attempts++
    stream.transport = stream.choice?.take() ?? stream.transport
    stream.dial(stream)
  },
  dialWhenDue(stream) {
    const { clock, minRetryDelay } = stream.settings
    const ms = (stream.notBefore ?? 0) - clock.now()
    return ms > 0 ? retryIn(stream, Math.max(ms, minRetryDelay)) : dispatch(stream, 'retryDue')
  },
  hangUp(stream, error) {
    const { link, timers, choice, settings } = stream
    // Also where it gives up: what revives it must not come sooner.
    if (error) stream.notBefore = settings.clock.now() + (error.retryAfterMs ?? 0)
    stream.link = undefined
    // Nothing better is looked for, either: a page that is left must hold no connection.
    choice?.stop(error)
    for (const name in timers) setTimer(stream, name)
    if (!link) return
    link.isOver = true
    link.abort()
    link.release?.()
  },
  scheduleRetry(stream, error) {
    const { clock, retryDelay, minRetryDelay, maxRetryDelay: maxMs, jitter } = stream.settings
    const baseMs = Math.max(stream.serverRetryMs ?? retryDelay, minRetryDelay)
    const backoff = { baseMs, maxMs, jitter, retryAfterMs: error?.retryAfterMs }
    return retryIn(
      stream,
      backoffDelay(stream.machine.attempt - 1, backoff, () => clock.random()),
    )
  },
  hasten(stream) {
    const now = stream.settings.clock.now()
    // A server that said when to come back is not to be hurried, and nobody is to come back all at once.
    const dueAt = Math.max(stream.notBefore ?? 0, now) + hasteMs(stream)
    return stream.timers['retry'] && dueAt > (stream.dueAt ?? 0) ? undefined : retryIn(stream, dueAt - now)
  },
  lookAgain(stream) {
    const { clock, maxRetryDelay } = stream.settings
    retryIn(stream, Math.max(maxRetryDelay, (stream.notBefore ?? 0) - clock.now()))
  },
  verify: (stream) => void stream.link?.verify(),
}

const hasteMs = ({ settings: { clock, minRetryDelay } }: SharedStream) => minRetryDelay + clock.random() * hastyMs

function retryIn(stream: SharedStream, ms: number): number {
  const { clock } = stream.settings
  stream.timers['retry']?.()
  stream.dueAt = clock.now() + ms
  stream.timers['retry'] = clock.after(ms, () => dispatch(stream, 'retryDue'))
  return ms
}

/** Hands an item to everyone, if there is more to it than a place that has not changed. */
export function deliver(stream: SharedStream, item: Item): void {
  const { counts, machine, subscribers, link, transport, resume, settings } = stream
  const { event, error, gap, cursor, comment, isEnd } = item
  const hasMoved = cursor !== stream.cursor
  stream.cursor = cursor
  if (gap) counts.gaps++
  if (event && !error) counts.events++
  // The first of a link proves something; the others prove nothing more.
  if (event && !machine.delivered) later(stream, () => ['delivered'])
  if (hasMoved && !machine.progressed) later(stream, () => ['progressed'])
  if (!event && !gap && !hasMoved && !isEnd && comment === undefined) return
  let mustPause = false
  for (const subscriber of subscribers) {
    subscriber.push(item)
    if (subscriber.isFull && (subscriber.closesWhenFull || transport.holdsBack === false)) mustPause = true
  }
  // A gap that ended the link would come again with each new one.
  if (!mustPause || !event || !link || link.isOver || item.isLast || isUnrepeatable(stream)) return
  link.isOver = true
  // Without a place to resume from, the same may come again, and fill the buffer each time.
  if (!resume.token) stream.notBefore = settings.clock.now() + hasteMs(stream)
  later(stream, () => ['pause', undefined, 'full'])
  // The buffer may be empty again by then.
  queueMicrotask(() => roomChanged(stream))
}

/** Dispatches outside of the transport's stack, and only if the link that told it is still the one. */
export function later(stream: SharedStream, decide: () => Message): void {
  const { link } = stream
  queueMicrotask(() => {
    if (!link || stream.link !== link) return
    const message = decide()
    // The user's shouldRetry may have dialled anew.
    if (stream.link === link) dispatch(stream, ...message)
  })
}

/** Whether another request might repeat what the first one caused, such as a paid model call. */
export const isUnrepeatable = ({ transport, settings, resume }: SharedStream): boolean =>
  transport.isUnsafe && !settings.retryUnsafe && !resume.token

/** Ends the current link, as completed or by a failure: what it tells from now on is ignored. */
export function endLink(stream: SharedStream, failure?: StreamError): void {
  const { link, settings, everConnected } = stream
  if (!link || link.isOver) return
  link.isOver = true
  if (!failure) return later(stream, () => ['completed'])
  const facts = {
    isUnrepeatable: isUnrepeatable(stream),
    wasOpen: link.openedAt !== undefined,
    everConnected: !!everConnected,
  }
  const isAnew = stream.refused === undefined || settings.clock.wallNow() >= (stream.refusedUntil ?? Infinity)
  const mayRefresh = settings.refreshAuth && isAnew && !(facts.isUnrepeatable && facts.wasOpen)
  if (failure.code === 'UNAUTHORIZED' && mayRefresh) {
    stream.refused = link.credential
    stream.refusedUntil = undefined
    stream.refusedRefresh = link.refresh
    stream.mustRefresh = true
    return later(stream, () => ['redial', undefined, 'refreshing'])
  }
  if (failure.code === 'UNAUTHORIZED' && !stream.mustRefresh) failure.retryable = false
  later(stream, () => {
    const step = facts.isUnrepeatable ? 'retry' : stream.choice?.failed(failure, facts.wasOpen)
    if (step === 'next') return ['redial', failure, 'fallback']
    // None can be used now, which may change.
    if (step === 'again') failure.retryable = true
    const error = judgeFailure(failure, facts, settings.shouldRetry)
    return [error.retryable ? 'lost' : 'fatal', error]
  })
}

/** Whether nothing more is to be read for now: a consumer is full, or there is none and the link lingers. */
export function isHeldBack(stream: SharedStream): boolean {
  const { subscribers, transport } = stream
  const slowest = [...subscribers].find(({ isFull }) => isFull)
  if (slowest && subscribers.size > 1 && !stream.hasWarned) {
    stream.hasWarned = true
    warn(`stream ${slowest.id} is slow and holds back the others on ${transport.url}`)
  }
  return !!slowest || !subscribers.size
}

/** A consumer made room, came or went: reading goes on if nothing is in its way. */
export function roomChanged(stream: SharedStream): void {
  if (isHeldBack(stream)) return
  stream.link?.release?.()
  // Not within the consumer's stack.
  if (stream.machine.pauses.includes('full'))
    queueMicrotask(() => isHeldBack(stream) || dispatch(stream, 'resume', undefined, 'full'))
}
