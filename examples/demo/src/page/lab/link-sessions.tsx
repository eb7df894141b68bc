import { plural, transportInWords } from '../ui/words.ts'
import type { ServerLog } from './lab-api.ts'

/** The connections of a link, as the server has them. */
export function LinkSessions({ log }: { readonly log: ServerLog | undefined }) {
  return (
    <>
      <p className="label">Connections that the server has open for this link</p>
      <ul className="sessions">
        {(log?.sessions ?? []).map(({ id, transport, eventsSent }) => (
          <li key={id} data-transport={transport}>
            <b>{transportInWords(transport)}</b> <code>{id.slice(0, 12)}</code> {plural(eventsSent, 'event')}
          </li>
        ))}
        {log?.sessions.length === 0 && <li>None.</li>}
        {!log && <li>The server cannot be asked.</li>}
      </ul>
    </>
  )
}
