import type { ConnectionState } from '@steadystream/core'

/** The state of a stream: a colour, and the word for it. */
export function StatePill({ state, live = false }: { readonly state: ConnectionState; readonly live?: boolean }) {
  return (
    <p className="pill" data-state={state} {...(live && { role: 'status' })}>
      {state}
    </p>
  )
}
