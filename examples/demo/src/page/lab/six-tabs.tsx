import { useState } from 'react'
import { Panel } from '../ui/panel.tsx'
import type { ServerLog } from './lab-api.ts'

const tabs = [1, 2, 3, 4, 5, 6]

/** Six tabs in small: frames of this origin, which share one connection as tabs do. */
export function SixTabs({ labId, log }: { readonly labId: string; readonly log: ServerLog | undefined }) {
  const [isOpen, setOpen] = useState(false)
  const connections = (log?.sessions.length ?? 1) - 1
  const url = `/lab/tab?lab=${labId}`
  return (
    <Panel
      title="Six tabs, one connection"
      className="lab-tabs"
      aside={
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Close the tabs' : 'Open six tabs'}
        </button>
      }
    >
      <p className="lead" role="status">
        {isOpen
          ? `The server has ${Math.max(0, connections)} ${connections === 1 ? 'connection' : 'connections'} open for all of them.`
          : 'Each follows the same link; one holds the connection and hands on what it brings.'}{' '}
        <a href={url} target="_blank" rel="noreferrer">
          Open one as a real tab
        </a>
      </p>
      <div className="tab-frames" hidden={!isOpen}>
        {isOpen && tabs.map((number) => <iframe key={number} title={`Tab ${number}`} src={`${url}&tab=${number}`} />)}
      </div>
    </Panel>
  )
}
