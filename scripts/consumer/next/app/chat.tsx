'use client'

import { StreamProvider, useConnectionState, useSSE, useStream } from '@steadystream/react'
import { useChatStream, useRealtimeAgentMessages } from '@steadystream/react/presets'

const count = (total: number) => total + 1

function Shown() {
  const { messages, isRealtime } = useRealtimeAgentMessages()
  const chat = useChatStream()
  const last = useSSE<{ readonly content: string }>('/api/chat/stream')
  const { data } = useStream({ url: '/api/chat/stream', reduce: count, initial: 0 })
  const state = useConnectionState()
  return (
    <pre id="shown">
      {[messages.length, isRealtime, chat.messages.length, last.data?.content, data > 0, state].join(' | ')}
    </pre>
  )
}

export function Chat() {
  return (
    <StreamProvider>
      <Shown />
    </StreamProvider>
  )
}
