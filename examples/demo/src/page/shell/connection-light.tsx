import { useConnectionState } from '@steadystream/react'
import { post } from '../api.ts'
import { useAction } from '../ui/use-action.ts'
import { say } from './notice.ts'
import { useSession } from './session.ts'

const words = {
  connected: 'all streams connected',
  connecting: 'connecting',
  retrying: 'a stream is reconnecting',
  error: 'a stream has failed',
  disconnected: 'no stream open',
} as const

/** The worst of all streams of this page, as one dot; and a pair of scissors for all of them. */
export function ConnectionLight() {
  const state = useConnectionState()
  const isForeign = useSession()?.mayControl === false
  const [cut] = useAction(async () => {
    const { sessions } = await post<{ sessions: number }>('/api/lab/cut-all')
    say(`${sessions} ${sessions === 1 ? 'connection was' : 'connections were'} cut.`)
  })
  return (
    <button
      type="button"
      className="light-button"
      disabled={isForeign}
      title={`Now: ${words[state]}. ${isForeign ? 'Only the machine of the server cuts them.' : 'Click to cut every stream.'}`}
      onClick={() => cut()}
    >
      <span className="light" data-state={state} />
      <span>Cut all</span>
      <span className="hidden">streams. Now: {words[state]}</span>
    </button>
  )
}
