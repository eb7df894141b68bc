/** The five states of a stream. */
export type ConnectionState = 'connecting' | 'connected' | 'retrying' | 'disconnected' | 'error'

/** Why a stream is in its state. */
export type StateReason =
  | 'created'
  | 'started'
  | 'joined'
  | 'opened'
  | 'reconnect'
  | 'lost'
  | 'flapping'
  | 'completed'
  | 'closed'
  | 'fatal'
  | 'max-retries'

export interface MachineState {
  readonly status: ConnectionState
  readonly reason: StateReason
  /** Retries since the link last proved healthy: the number of the one that is waited for or in flight. */
  readonly attempt: number
  /** Doublings of the backoff window that the next lost link meets. */
  readonly doublings: number
  /** Retries in a row that brought nothing; `maxRetries` bounds it. */
  readonly failures: number
  readonly maxRetries: number
  /** What the link in flight has shown so far. */
  readonly link: 'none' | 'dialing' | 'open'
  readonly healthy: boolean
  readonly progressed: boolean
  readonly delivered: boolean
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
  | 'redial'
  | 'stop'

export type Effect = 'dial' | 'hangUp' | 'scheduleRetry' | 'cancelRetry'

export type Step = readonly [MachineState, ...Effect[]]
type Cell = (state: MachineState) => Step
type Row = Partial<Record<MachineEvent, Cell>>

/** Lost links in a row, each opened and ended without progress, after which the reason says so. */
const flappingAfter = 3

const noLink = { link: 'none', healthy: false, progressed: false, delivered: false } as const

const dial: Cell = (state) => [{ ...state, ...noLink, link: 'dialing' }, 'dial']

const start: Cell = (state) => [
  {
    ...state,
    ...noLink,
    link: 'dialing',
    status: 'connecting',
    reason: 'started',
    attempt: 0,
    doublings: 0,
    failures: 0,
  },
  'dial',
]

const opened: Cell = (state) =>
  state.link === 'dialing' ? [{ ...state, link: 'open', status: 'connected', reason: 'opened' }] : [state]

const healthy: Cell = (state) => [{ ...state, healthy: true, attempt: 0, doublings: 0, failures: 0 }]
const progressed: Cell = (state) => [{ ...state, progressed: true }]
const delivered: Cell = (state) => [{ ...state, delivered: true }]

const lost: Cell = (state) => {
  if (state.link === 'none') return [state]
  const failures = state.healthy || state.delivered ? 0 : state.failures
  if (failures >= state.maxRetries) return [{ ...state, ...noLink, status: 'error', reason: 'max-retries' }, 'hangUp']
  const doublings = state.healthy ? 0 : state.doublings
  const gainedNothing = !state.healthy && !state.progressed
  const attempt = doublings + 1
  const isFlapping = gainedNothing && state.link === 'open' && attempt >= flappingAfter
  return [
    {
      ...state,
      ...noLink,
      status: 'retrying',
      reason: isFlapping ? 'flapping' : 'lost',
      attempt,
      doublings: gainedNothing ? attempt : doublings,
      failures: failures + 1,
    },
    'hangUp',
    'scheduleRetry',
  ]
}

const fatal: Cell = (state) =>
  state.link === 'none' ? [state] : [{ ...state, ...noLink, status: 'error', reason: 'fatal' }, 'hangUp']

const completed: Cell = (state) =>
  state.link === 'none' ? [state] : [{ ...state, ...noLink, status: 'disconnected', reason: 'completed' }, 'hangUp']

const stop: Cell = (state) => [
  { ...state, ...noLink, status: 'disconnected', reason: 'closed' },
  'cancelRetry',
  'hangUp',
]

const retryDue: Cell = (state) => (state.link === 'none' ? dial(state) : [state])

const redial: Cell = (state) => [
  { ...state, ...noLink, link: 'dialing', status: 'retrying', reason: 'reconnect' },
  'cancelRetry',
  'hangUp',
  'dial',
]

// A missing cell means that the event has no meaning in that state: it comes from a link or a timer of the past.
const table: Record<ConnectionState, Row> = {
  disconnected: { start, redial: start },
  connecting: { opened, lost, fatal, completed, redial, stop },
  connected: { healthy, progressed, delivered, lost, fatal, completed, redial, stop },
  // Covers the wait and the dial that follows it.
  retrying: { retryDue, opened, lost, fatal, completed, redial, stop },
  error: { start, redial: start, stop },
}

/** What a stream is before its first start. */
export function initialState(maxRetries: number): MachineState {
  return { ...noLink, status: 'disconnected', reason: 'created', attempt: 0, doublings: 0, failures: 0, maxRetries }
}

/** The whole behaviour of a connection: the next state, and what is to be done on the way, in order. */
export function transition(state: MachineState, event: MachineEvent): Step {
  return table[state.status][event]?.(state) ?? [state]
}
