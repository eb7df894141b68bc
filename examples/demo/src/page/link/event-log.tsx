import type { EventLine } from './event-line.ts'

/** What happened to a link, the latest on top. */
export function EventLog({ lines, label }: { readonly lines: readonly EventLine[]; readonly label: string }) {
  return (
    <ol className="log" tabIndex={0} aria-label={label}>
      {lines.length === 0 && <li className="quiet">Changes of state will be listed here.</li>}
      {lines.map(({ key, at, tone, what, more }) => (
        <li key={key} data-tone={tone}>
          <time dateTime={at.toISOString()}>{at.toLocaleTimeString('en-GB')}</time>
          <span>
            <b>{what}</b>
            {more !== '' && ` · ${more}`}
          </span>
        </li>
      ))}
    </ol>
  )
}
