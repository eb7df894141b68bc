import { useRealtimeAlerts } from '@steadystream/react/presets'
import { Hint } from '../ui/hint.tsx'
import { Panel } from '../ui/panel.tsx'

/** Alerts of a user, raised where a figure crosses a bound; each can be dismissed, or all at once. */
export function RealtimeAlertsExample({ userId }: { readonly userId: string }) {
  const { alerts, isConnected, dismissAlert, clearAlerts } = useRealtimeAlerts(userId)
  return (
    <Panel
      title={`Alerts for ${userId}`}
      className="alerts"
      aside={
        <button type="button" disabled={alerts.length === 0} onClick={clearAlerts}>
          Clear all
        </button>
      }
    >
      {alerts.length === 0 && (
        <Hint>{isConnected ? 'None. Change the visitors or a bound, and one will come.' : 'Connecting…'}</Hint>
      )}
      <ul className="alert-list" aria-live="polite">
        {alerts.map(({ alertId, severity, title, message, actionRequired, timestamp }) => (
          <li key={alertId} data-severity={severity}>
            <div>
              <h3>
                {title} <small>{severity}</small>
              </h3>
              <p>{message}</p>
              <p className="fine">
                <time dateTime={timestamp}>{new Date(timestamp).toLocaleTimeString('en-GB')}</time>
                {actionRequired && ', something has to be done'}
              </p>
            </div>
            <button
              type="button"
              className="icon"
              aria-label={`Dismiss: ${title}`}
              onClick={() => dismissAlert(alertId)}
            >
              <svg viewBox="0 0 20 20" aria-hidden="true">
                <path className="rays" d="M5 5l10 10M15 5 5 15" />
              </svg>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
