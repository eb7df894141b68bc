import { isoTime, randomId } from '../env.ts'
import { defineStream } from './define-stream.ts'
import { areStrings, fieldsOf } from './untrusted.ts'
import { segment } from './url.ts'

export interface AlertEvent {
  readonly type: 'alert'
  readonly alertId: string
  readonly severity: 'info' | 'warning' | 'critical' | (string & {})
  readonly category: string
  readonly title: string
  readonly message: string
  readonly actionRequired: boolean
  /** What it is about, if it is about one thing. */
  readonly entityId?: string | null | undefined
  readonly entityType?: string | null | undefined
  /** ISO 8601. */
  readonly timestamp: string
}

export interface AlertsState {
  /** The latest first; at most {@link maxAlerts}. */
  readonly alerts: readonly AlertEvent[]
}

export const maxAlerts = 100

/** Alerts of a user, each once by its `alertId`; the oldest of more than 100 are dropped. */
export const alerts = /* @__PURE__ */ defineStream<{ readonly userId: string }, AlertEvent, AlertsState>({
  name: 'alerts',
  path: ({ userId }) => `/api/stream/alerts/${segment(userId)}`,
  channel: ({ userId }) => ({ type: 'alerts', userId }),
  initial: { alerts: [] },
  reduce(state, event) {
    const { type, alertId, severity, category, title, message, actionRequired, timestamp, ...about } = fieldsOf(event)
    const isAlert =
      type === 'alert' &&
      typeof actionRequired === 'boolean' &&
      areStrings(alertId, severity, category, title, message, timestamp, about.entityId ?? '', about.entityType ?? '')
    return isAlert && !state.alerts.some((each) => each.alertId === alertId)
      ? { alerts: [event, ...state.alerts].slice(0, maxAlerts) }
      : state
  },
})

/** The state without one alert. */
export function dismissAlert(state: AlertsState, alertId: string): AlertsState {
  const left = state.alerts.filter((each) => each.alertId !== alertId)
  return left.length < state.alerts.length ? { alerts: left } : state
}

export interface AlertOptions {
  /** Default `false`. */
  readonly actionRequired?: boolean | undefined
  readonly entityId?: string | undefined
  readonly entityType?: string | undefined
  /** Default: random. Alerts of the same ID are shown once. */
  readonly alertId?: string | undefined
  /** ISO 8601. Default: now. */
  readonly timestamp?: string | undefined
}

export const createAlertEvent = (
  severity: AlertEvent['severity'],
  category: string,
  title: string,
  message: string,
  {
    actionRequired = false,
    entityId,
    entityType,
    alertId = randomId('alert'),
    timestamp = isoTime(),
  }: AlertOptions = {},
): AlertEvent => ({
  type: 'alert',
  alertId,
  severity,
  category,
  title,
  message,
  actionRequired,
  entityId,
  entityType,
  timestamp,
})
