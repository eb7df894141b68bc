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

/** `hangUp` ends the link, if there is one, and every wait. */
export type Effect = 'dial' | 'hangUp' | 'scheduleRetry'

export type Step = readonly [MachineState, ...Effect[]]
type Cell = (state: MachineState) => Step

/** Lost links in a row, each opened and ended without progress, after which the reason says so. */
const flappingAfter = 3

const fresh = { attempt: 0, doublings: 0, failures: 0 }
const noLink = { hasLink: false, healthy: false, progressed: false, delivered: false }
const newLink = { ...noLink, hasLink: true }

const goTo =
  (change: Partial<MachineState>, ...effects: Effect[]): Cell =>
  (state) => [{ ...state, ...change }, ...effects]

const start = goTo({ ...newLink, ...fresh, status: 'connecting', reason: 'started' }, 'dial')
const retryDue = goTo(newLink, 'dial')
const redial = goTo({ ...newLink, status: 'retrying', reason: 'reconnect' }, 'hangUp', 'dial')
const opened = goTo({ status: 'connected', reason: 'opened' })
const fatal = goTo({ ...noLink, status: 'error', reason: 'fatal' }, 'hangUp')
const completed = goTo({ ...noLink, status: 'disconnected', reason: 'completed' }, 'hangUp')
const stop = goTo({ ...noLink, status: 'disconnected', reason: 'closed' }, 'hangUp')

const lost: Cell = (state) => {
  const { status, healthy, progressed, delivered, maxRetries } = state
  const failures = healthy || delivered ? 0 : state.failures
  if (failures >= maxRetries) return [{ ...state, ...noLink, status: 'error', reason: 'max-retries' }, 'hangUp']
  const doublings = healthy ? 0 : state.doublings
  const attempt = doublings + 1
  const gainedNothing = !healthy && !progressed
  const reason = gainedNothing && status === 'connected' && attempt >= flappingAfter ? 'flapping' : 'lost'
  const counts = { attempt, doublings: gainedNothing ? attempt : doublings, failures: failures + 1 }
  return [{ ...state, ...noLink, ...counts, status: 'retrying', reason }, 'hangUp', 'scheduleRetry']
}

const dialling = { opened, lost, fatal, completed, redial, stop }

// A missing cell means that the event has no meaning there: it comes from a link or a timer of the past.
const table: Record<ConnectionState | 'waiting', Partial<Record<MachineEvent, Cell>>> = {
  disconnected: { start, redial: start },
  connecting: dialling,
  connected: {
    ...dialling,
    opened: (state) => [state],
    healthy: goTo({ ...fresh, healthy: true }),
    progressed: goTo({ progressed: true }),
    delivered: goTo({ delivered: true }),
  },
  /** `retrying` before its dial. */
  waiting: { retryDue, redial, stop },
  retrying: dialling,
  error: { start, redial: start, stop },
}

/** What a stream is before its first start. */
export const initialState = (maxRetries: number): MachineState => ({
  ...noLink,
  ...fresh,
  status: 'disconnected',
  reason: 'created',
  maxRetries,
})

/** The whole behaviour of a connection: the next state, and what is to be done on the way, in order. */
export function transition(state: MachineState, event: MachineEvent): Step {
  const row = state.status === 'retrying' && !state.hasLink ? 'waiting' : state.status
  return table[row][event]?.(state) ?? [state]
}
