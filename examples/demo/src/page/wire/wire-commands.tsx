import { useId, useState } from 'react'
import { channelsFor, labelOf } from './channels.ts'
import type { SubmitEvent } from 'react'

export interface WireCommandsProps {
  readonly userId: string
  readonly disabled: boolean
  readonly send: (text: string) => void
}

/** Commands by button, and any line by hand. */
export function WireCommands({ userId, disabled, send }: WireCommandsProps) {
  const id = useId()
  const channels = channelsFor(userId)
  const [picked, pick] = useState(0)
  const channel = channels[picked]?.channel
  const command = (type: string, more: object = {}) => send(JSON.stringify({ type, ...more }))
  return (
    <div className="wire-commands">
      <label htmlFor={id}>Channel</label>
      <select id={id} value={picked} onChange={(event) => pick(Number(event.target.value))}>
        {channels.map(({ channel: each, name }, index) => (
          <option key={name} value={index}>
            {labelOf(each)}
          </option>
        ))}
      </select>
      <div className="row">
        <button type="button" disabled={disabled} onClick={() => command('subscribe', { channel })}>
          Subscribe
        </button>
        <button type="button" disabled={disabled} onClick={() => command('unsubscribe', { channel })}>
          Unsubscribe
        </button>
        <button
          type="button"
          disabled={disabled}
          onClick={() => command('unsubscribe', { channel: { type: channel?.type } })}
        >
          Unsubscribe all of its type
        </button>
        <button type="button" disabled={disabled} onClick={() => command('ping')}>
          Ping
        </button>
      </div>
      <WireLine disabled={disabled} send={send} />
    </div>
  )
}

function WireLine({ disabled, send }: Omit<WireCommandsProps, 'userId'>) {
  const id = useId()
  const [line, setLine] = useState('{"type":"ping"}')
  function submit(event: SubmitEvent): void {
    event.preventDefault()
    send(line)
  }
  return (
    <form onSubmit={submit}>
      <label htmlFor={id}>A line of your own</label>
      <div className="row line-row">
        <input
          id={id}
          className="mono"
          value={line}
          maxLength={4000}
          required
          spellCheck={false}
          onChange={(event) => setLine(event.target.value)}
        />
        <button type="submit" disabled={disabled}>
          Send
        </button>
      </div>
    </form>
  )
}
