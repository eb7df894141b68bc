import { useId, useState } from 'react'
import type { SubmitEvent } from 'react'
import type { Manner } from '../../lab/rough-server.ts'
import type { VisitConfig } from './visit.ts'

const manners: readonly { readonly value: Manner; readonly name: string }[] = [
  { value: 'steady', name: 'Sends all, and closes' },
  { value: 'garbled', name: 'Sends malformed data between' },
  { value: 'cuts', name: 'Cuts the line every five numbers' },
  { value: 'silent', name: 'Falls silent every five numbers' },
  { value: 'mute', name: 'Never answers' },
  { value: 'refuses', name: 'Is overloaded (503)' },
  { value: 'forbids', name: 'Forbids it (403)' },
]

const defaults: VisitConfig = { maxRetries: 3, retryDelay: 1000, timeout: 30_000, heartbeatInterval: 25_000 }

const fields: readonly { readonly key: keyof VisitConfig; readonly unit: string; readonly max: number }[] = [
  { key: 'maxRetries', unit: 'in a row', max: 20 },
  { key: 'retryDelay', unit: 'ms', max: 10_000 },
  { key: 'timeout', unit: 'ms', max: 60_000 },
  { key: 'heartbeatInterval', unit: 'ms', max: 60_000 },
]

export interface VisitFormProps {
  readonly isRunning: boolean
  readonly onStart: (manner: Manner, config: VisitConfig) => void
  readonly onStop: () => void
}

/** The manners of the server, and the stream's four options. */
export function VisitForm({ isRunning, onStart, onStop }: VisitFormProps) {
  const id = useId()
  const [manner, setManner] = useState<Manner>('garbled')
  const [config, setConfig] = useState(defaults)
  function submit(event: SubmitEvent): void {
    event.preventDefault()
    onStart(manner, config)
  }
  return (
    <form className="visit-form" onSubmit={submit}>
      <label htmlFor={id}>The server</label>
      <select
        id={id}
        value={manner}
        // The options' values are the manners.
        onChange={(event) => setManner(event.target.value as Manner)}
      >
        {manners.map(({ value, name }) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
      <div className="option-grid">
        {fields.map(({ key, unit, max }) => (
          <div key={key}>
            <label htmlFor={id + key}>
              <code>{key}</code> <span className="hidden">{unit}</span>
            </label>
            <input
              id={id + key}
              type="number"
              min={0}
              max={max}
              required
              value={config[key]}
              onChange={(event) => setConfig({ ...config, [key]: Number(event.target.value) })}
            />
          </div>
        ))}
      </div>
      <div className="row">
        <button type="submit" className="primary">
          Visit it
        </button>
        <button type="button" disabled={!isRunning} onClick={onStop}>
          Close the stream
        </button>
      </div>
    </form>
  )
}
