/** The five states of a stream. */
export type ConnectionState = 'connecting' | 'connected' | 'retrying' | 'disconnected' | 'error'

/**
 * What keeps a stream from dialling, however long it takes. `offline` and `queued` leave an open link alone; the others
 * end it.
 */
export type PauseReason = 'offline' | 'hidden' | 'frozen' | 'bfcache' | 'queued' | 'full'

/** Why a link is given up for another one that is dialled at once. */
export type SwitchReason = 'reconnect' | 'refreshing' | 'fallback' | 'upgrade' | 'takeover'

/** Why a stream is in its state. */
export type StateReason =
  | PauseReason
  | SwitchReason
  | 'created'
  | 'started'
  | 'joined'
  | 'opened'
  | 'lost'
  | 'flapping'
  | 'resumed'
  | 'revived'
  | 'completed'
  | 'closed'
  | 'fatal'
  | 'max-retries'

export interface MachineState {
  readonly status: ConnectionState
  readonly reason: StateReason
  readonly maxRetries: number
  /** Retries since the link last proved healthy: the number of the one that is waited for or in flight. */
  readonly attempt: number
  /** Doublings of the backoff window that the next lost link meets. */
  readonly doublings: number
  /** Retries in a row that brought nothing; `maxRetries` bounds it. */
  readonly failures: number
  /** Whether there is a link, be it dialling or open. */
  readonly hasLink: boolean
  /** What the link has shown so far. */
  readonly healthy: boolean
  readonly progressed: boolean
  readonly delivered: boolean
  /** In the order in which they came. While there is one, nothing is dialled. */
  readonly pauses: readonly PauseReason[]
}

export type MachineEvent =
  | 'start'
  | 'opened'
  /** Bytes came and the link lasted. */
  | 'healthy'
  /** The cursor moved. */
  | 'progressed'
  /** An event was accepted. */
  | 'delivered'
  | 'lost'
  | 'fatal'
  | 'completed'
  | 'retryDue'
  /** Another link is to take over at once, for the {@link SwitchReason} that comes with it. */
  | 'redial'
  /** These come with a {@link PauseReason}. */
  | 'pause'
  | 'resume'
  /** Something suggests that the network is there again, or that the machine has slept. */
  | 'hint'
  | 'stop'

/**
 * `hangUp` ends the link, if there is one, and every wait. `hasten` replaces the wait by a short one. `verify` expects
 * a sign of life sooner than usual. `lookAgain` dials after a long while, in spite of the pause. `dialWhenDue` dials at
 * once, or when the server wants it.
 */
export type Effect = 'dial' | 'dialWhenDue' | 'hangUp' | 'scheduleRetry' | 'hasten' | 'verify' | 'lookAgain'

export type Step = readonly [MachineState, ...Effect[]]
type Cell = (state: MachineState, reason?: PauseReason | SwitchReason) => Step

/** Lost links in a row, each opened and ended without progress, after which the reason says so. */
const flappingAfter = 3

const fresh = { attempt: 0, doublings: 0, failures: 0 }
const noLink = { hasLink: false, healthy: false, progressed: false, delivered: false }
const newLink = { ...noLink, hasLink: true }

const goTo =
  (change: Partial<MachineState>, ...effects: Effect[]): Cell =>
  (state) => [{ ...state, ...change }, ...effects]

/** Without a link until the last reason for it is gone. */
const hold = (state: MachineState, ...effects: Effect[]): Step => {
  const { pauses, status } = state
  const resting = status === 'connected' || status === 'retrying' ? 'retrying' : 'connecting'
  const next: MachineState = { ...state, ...noLink, status: pauses.includes('hidden') ? 'disconnected' : resting }
  const reason = pauses[0] ?? 'resumed'
  return [{ ...next, reason }, ...effects, ...(mayBeWrong(pauses) ? (['lookAgain'] as const) : [])]
}

/** Browsers take a virtual network adapter for none: being offline is no more than a hint. */
const mayBeWrong = (pauses: readonly PauseReason[]) => pauses.length > 0 && pauses.every((each) => each === 'offline')

const begin = (state: MachineState, reason: StateReason, effect: Effect): Step => {
  const next: MachineState = { ...state, ...fresh, status: 'connecting', reason, hasLink: effect === 'dial' }
  return state.pauses.length && !mayBeWrong(state.pauses) ? hold(next) : [next, effect]
}
const start: Cell = (state) => begin(state, 'started', 'dial')
const retryDue = goTo(newLink, 'dial')
const opened = goTo({ status: 'connected', reason: 'opened' })
const fatal = goTo({ ...noLink, status: 'error', reason: 'fatal' }, 'hangUp')
const completed = goTo({ ...noLink, status: 'disconnected', reason: 'completed' }, 'hangUp')
const stop = goTo({ ...noLink, status: 'disconnected', reason: 'closed' }, 'hangUp')

const redial: Cell = (state, reason = 'reconnect') => {
  // Still the first attempt, unless the user wants another one.
  const status = state.status === 'connecting' && reason !== 'reconnect' ? 'connecting' : 'retrying'
  return [{ ...state, ...newLink, status, reason }, 'hangUp', 'dial']
}

const lost: Cell = (state) => {
  const { status, healthy, progressed, delivered, maxRetries, pauses } = state
  if (pauses.length) return hold(state, 'hangUp')
  const failures = healthy || delivered ? 0 : state.failures
  if (failures >= maxRetries) return [{ ...state, ...noLink, status: 'error', reason: 'max-retries' }, 'hangUp']
  const doublings = healthy ? 0 : state.doublings
  const attempt = doublings + 1
  const gainedNothing = !healthy && !progressed
  const reason = gainedNothing && status === 'connected' && attempt >= flappingAfter ? 'flapping' : 'lost'
  const counts = { attempt, doublings: gainedNothing ? attempt : doublings, failures: failures + 1 }
  return [{ ...state, ...noLink, ...counts, status: 'retrying', reason }, 'hangUp', 'scheduleRetry']
}

// Pauses and their ends come with a reason of that kind.
const without = ({ pauses }: MachineState, reason: unknown) => pauses.filter((each) => each !== reason)
const note: Cell = (state, reason) => [{ ...state, pauses: [...without(state, reason), reason as PauseReason] }]
const forget: Cell = (state, reason) => [{ ...state, pauses: without(state, reason) }]

const pause: Cell = (state, reason) => {
  const [next] = note(state, reason)
  // Browsers are often wrong about these: an open link is asked, and a dial under way is left to find out.
  if (state.hasLink && (reason === 'offline' || reason === 'queued'))
    return state.status === 'connected' ? [next, 'verify'] : [next]
  return hold(next, 'hangUp')
}

const resume: Cell = (state, reason) => {
  const [next] = forget(state, reason)
  if (next.pauses.length) return hold(next)
  // A whole office comes back online at once.
  return hold(next, reason === 'offline' ? 'hasten' : 'dialWhenDue')
}

/** Gave up for want of a network, and now there may be one. */
const revive: Cell = (state) => (state.reason === 'max-retries' ? begin(state, 'revived', 'hasten') : [state])

const dialling = { opened, lost, fatal, completed, redial, stop, pause, resume: forget }
const idle = { start, redial: start, pause: note, resume: forget }

// A missing cell means that the event has no meaning there: it comes from a link or a timer of the past.
const table: Record<ConnectionState | 'waiting' | 'held', Partial<Record<MachineEvent, Cell>>> = {
  disconnected: idle,
  connecting: dialling,
  connected: {
    ...dialling,
    opened: (state) => [state],
    healthy: goTo({ ...fresh, healthy: true }),
    progressed: goTo({ progressed: true }),
    delivered: goTo({ delivered: true }),
  },
  /** Between two dials, until a timer is due. */
  waiting: { retryDue, redial, stop, pause, resume: forget, hint: goTo({}, 'hasten') },
  /** Between two dials, for as long as there is a pause; a timer is due only where it may be wrong. */
  held: { retryDue, redial, stop, pause, resume },
  retrying: dialling,
  error: { ...idle, stop, hint: revive },
}

/** What a stream is before its first start. */
export const initialState = (maxRetries: number): MachineState => ({
  ...noLink,
  ...fresh,
  status: 'disconnected',
  reason: 'created',
  maxRetries,
  pauses: [],
})

const isHeld = ({ hasLink, pauses, reason }: MachineState) => !hasLink && pauses.includes(reason as PauseReason) // it may be another kind

/** Whether it has ended, or not begun. */
export const isOver = (state: MachineState): boolean =>
  state.status === 'error' || (state.status === 'disconnected' && !isHeld(state))

/** The whole behaviour of a connection: the next state, and what is to be done on the way, in order. */
export function transition(state: MachineState, event: MachineEvent, reason?: PauseReason | SwitchReason): Step {
  const row = isHeld(state) ? 'held' : state.hasLink || isOver(state) ? state.status : 'waiting'
  return table[row][event]?.(state, reason) ?? [state]
}
