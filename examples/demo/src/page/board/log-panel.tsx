import { useId, useState } from 'react'
import { Panel } from '../ui/panel.tsx'
import { useRecentLog } from './use-recent-log.ts'

/** What the server's console says. */
export function LogPanel() {
  const id = useId()
  const { lines, refused } = useRecentLog()
  const [part, setPart] = useState('')
  const shown = lines.filter(({ text }) => text.includes(part))
  return (
    <Panel title="Its log" className="server-log">
      <form onSubmit={(event) => event.preventDefault()}>
        <label htmlFor={id}>Lines with</label>
        <input
          id={id}
          type="search"
          placeholder="connected, draining, a client’s ID …"
          value={part}
          onChange={(event) => setPart(event.target.value)}
        />
      </form>
      <ol className="log wire-log" tabIndex={0} aria-label="Lines of the server’s log">
        {shown.map(({ n, text }) => (
          <li key={n} className="log-line">
            <code>{text}</code>
          </li>
        ))}
        {shown.length === 0 && <li className="quiet">{refused ?? 'No such line yet.'}</li>}
      </ol>
    </Panel>
  )
}
