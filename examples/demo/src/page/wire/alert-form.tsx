import { useId, useState } from 'react'
import { post } from '../api.ts'
import { say } from '../shell/notice.ts'
import { useSession } from '../shell/session.ts'
import { Choice } from '../ui/choice.tsx'
import { Panel } from '../ui/panel.tsx'
import { useAction } from '../ui/use-action.ts'
import type { AlertEvent } from '@steadystream/core/presets'
import type { SubmitEvent } from 'react'

const severities = [
  { value: 'info', name: 'Info' },
  { value: 'warning', name: 'Warning' },
  { value: 'critical', name: 'Critical' },
]

/** Has the server make an alert by its factory, and publish it to whoever follows the alerts of this user. */
export function AlertForm() {
  const userId = useSession()?.userId
  const id = useId()
  const [severity, setSeverity] = useState('info')
  const [title, setTitle] = useState('The kettle boils')
  const [message, setMessage] = useState('Somebody should look after it.')
  const [actionRequired, setRequired] = useState(true)
  const [publish, isBusy] = useAction(async () => {
    const fields = { severity, category: 'kitchen', title, message, actionRequired }
    const { alert } = await post<{ readonly alert: AlertEvent }>('/api/lab/alerts', fields)
    say(`Published: ${alert.alertId}`)
  })
  function submit(event: SubmitEvent): void {
    event.preventDefault()
    publish()
  }
  return (
    <Panel title="Publish an alert">
      <p className="lead">
        Goes to the alerts of <b>{userId ?? '…'}</b>: here, on the campaign page, and over every transport.
      </p>
      <form className="alert-form" onSubmit={submit}>
        <Choice label="Severity" options={severities} value={severity} onChange={setSeverity} />
        <label htmlFor={`${id}title`}>Title</label>
        <input
          id={`${id}title`}
          value={title}
          required
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
        />
        <label htmlFor={`${id}message`}>Message</label>
        <input
          id={`${id}message`}
          value={message}
          required
          maxLength={200}
          onChange={(event) => setMessage(event.target.value)}
        />
        <label className="check">
          <input type="checkbox" checked={actionRequired} onChange={(event) => setRequired(event.target.checked)} />
          Something has to be done
        </label>
        <button type="submit" className="primary" disabled={isBusy || !userId}>
          Publish
        </button>
      </form>
    </Panel>
  )
}
