import { useState } from 'react'
import { createEnhancedSSEStream } from '@steadystream/core'
import { newLabId, openLink } from '../lab/lab-api.ts'
import { signIn, useSession } from '../shell/session.ts'
import { Choice } from '../ui/choice.tsx'
import { Panel } from '../ui/panel.tsx'
import { useAction } from '../ui/use-action.ts'

interface Knock {
  readonly name: string
  /** What the stream came to: `connected`, or the code of its error. */
  readonly result: string
}

const users = [
  { value: 'ann', name: 'ann' },
  { value: 'bob', name: 'bob' },
]

/** Who may follow what: a session for one's own, a token for a link; each tried by a stream of its own. */
export function Doors() {
  const session = useSession()
  const userId = session?.userId ?? 'ann'
  const [knocks, setKnocks] = useState<readonly Knock[]>([])
  const [change, isChanging] = useAction(signIn)
  const [tryAll, isBusy] = useAction(async () => {
    setKnocks([])
    for (const { name, url, headers } of await doorsFor(userId)) {
      const result = await knockAt(url, headers)
      setKnocks((known) => [...known, { name, result }])
    }
  })
  return (
    <Panel title="Who may in">
      <p className="lead">Your session is a cookie that the server set. Be somebody else, and other doors open.</p>
      <Choice label="You are" options={users} value={userId} onChange={(next) => !isChanging && change(next)} />
      <div className="row doors-row">
        <button type="button" disabled={isBusy || !session} onClick={() => tryAll()}>
          Try all doors
        </button>
      </div>
      <ul className="findings doors" aria-live="polite">
        {knocks.map(({ name, result }) => (
          <li key={name} data-outcome={result === 'connected' ? 'pass' : 'skip'}>
            <b>{result}</b> {name}
          </li>
        ))}
        {knocks.length === 0 && <li className="quiet">Five doors, none tried yet.</li>}
      </ul>
    </Panel>
  )
}

interface Door {
  readonly name: string
  readonly url: string
  readonly headers?: Record<string, string>
}

async function doorsFor(userId: string): Promise<readonly Door[]> {
  const labId = newLabId()
  const { token } = await openLink(labId)
  const link = `/api/lab/links/${labId}/stream`
  const other = userId === 'ann' ? 'bob' : 'ann'
  return [
    { name: `alerts of ${userId}, by the session`, url: `/api/stream/alerts/${userId}` },
    { name: `alerts of ${other}, by the same session`, url: `/api/stream/alerts/${other}` },
    { name: 'a link of the lab, without a token', url: link },
    { name: 'the same, with a token that is none', url: link, headers: { Authorization: 'Bearer none' } },
    { name: 'the same, with its token', url: link, headers: { Authorization: `Bearer ${token}` } },
  ]
}

function knockAt(url: string, headers: Record<string, string> | undefined): Promise<string> {
  const ending = new AbortController()
  return new Promise<string>((resolve) => {
    createEnhancedSSEStream(
      url,
      {
        onData: () => {},
        onOpen: () => resolve('connected'),
        onError: ({ code, status }) => resolve([code, status].join(' ')),
      },
      { headers, maxRetries: 0, signal: ending.signal },
    )
  }).finally(() => ending.abort())
}
