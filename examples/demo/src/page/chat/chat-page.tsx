import { useState } from 'react'
import { post } from '../api.ts'
import { say } from '../shell/notice.ts'
import { Choice } from '../ui/choice.tsx'
import { Pending } from '../ui/pending.tsx'
import { useAction } from '../ui/use-action.ts'
import { CompactDashboard } from './compact-dashboard.tsx'
import { DashboardWithRealtimeChat } from './dashboard-with-realtime-chat.tsx'
import { FocusedChat } from './focused-chat.tsx'
import { useAgents } from './use-agents.ts'

const layouts = [
  { value: 'dashboard', name: 'Beside' },
  { value: 'compact', name: 'Below' },
  { value: 'focus', name: 'Alone' },
] as const

const pollIntervalMs = 3000

/** Agents that comment on the studio, in three layouts. */
export function ChatPage() {
  const { answer: setting, failure } = useAgents()
  const [layout, setLayout] = useState<(typeof layouts)[number]['value']>('dashboard')
  const [blocked, setBlocked] = useState<boolean>()
  const isBlocked = blocked ?? setting?.isSseBlocked ?? false
  const [generate, isBusy] = useAction(() => post('/api/chat/generate'))
  const [block] = useAction(async (next: boolean) => {
    await post('/api/chat/block-sse', { blocked: next })
    setBlocked(next)
    say(next ? 'Event streams are blocked now: watch the chat change over.' : 'Event streams get through again.')
  })
  const Layout = { dashboard: DashboardWithRealtimeChat, compact: CompactDashboard, focus: FocusedChat }[layout]
  return (
    <>
      <div className="page-head">
        <Choice label="Layout" options={layouts} value={layout} onChange={setLayout} />
        <div className="row">
          <button type="button" aria-pressed={isBlocked} onClick={() => block(!isBlocked)}>
            Block event streams
          </button>
          <button type="button" className="primary" disabled={isBusy} onClick={() => generate()}>
            Ask the agents
          </button>
        </div>
      </div>
      {setting ? (
        <>
          <Layout agents={setting.agents} fallbackPollInterval={pollIntervalMs} />
          <p className="fine page-foot">
            They also speak by themselves, every {Math.round(setting.everyMs / 60_000)} minutes. Messages are deleted
            after ten.
          </p>
        </>
      ) : (
        <Pending what="Looking for the agents" failure={failure} />
      )}
    </>
  )
}
