import { useState } from 'react'
import { useChannel } from '@steadystream/react'
import { StatePill } from '../ui/state-pill.tsx'
import { pageChannels } from './channel-client.ts'
import { labelOf } from './channels.ts'
import type { ChannelMeta } from '@steadystream/core'
import type { Followable, NamedChannel } from './channels.ts'

interface Count {
  readonly events: number
  /** Of the last. */
  readonly position: string
}

const none: Count = { events: 0, position: '' }
const add = ({ events }: Count, _: unknown, { position }: ChannelMeta): Count => ({ events: events + 1, position })

/** One channel: followed while its box is checked. */
export function ChannelRow({ name, channel }: NamedChannel) {
  const [isOn, setOn] = useState(false)
  const label = labelOf(channel)
  return (
    <li data-channel={label}>
      <label className="check">
        <input type="checkbox" checked={isOn} onChange={(event) => setOn(event.target.checked)} />
        <span>
          {name} <code>{label}</code>
        </span>
      </label>
      {isOn ? <Following channel={channel} /> : <p className="fine">not followed</p>}
    </li>
  )
}

function Following({ channel }: { readonly channel: Followable }) {
  const { data, state, error } = useChannel<unknown, Count>(channel, {
    client: pageChannels(),
    reduce: add,
    initial: none,
  })
  const events = data.events === 1 ? '1 event' : `${data.events} events`
  // The epoch before the colon says which life of the channel it is: nothing to read.
  const text = data.events === 0 ? events : `${events}, up to ${data.position.split(':').at(-1)}`
  return (
    <div className="following">
      <StatePill state={state} />
      <p className="fine">{error ? error.message : text}</p>
    </div>
  )
}
