import type { ConnectionState } from '@steadystream/core'

/** Whether a stream is under way, if only on its way back. */
export const isOn = (state: ConnectionState): boolean => state !== 'disconnected' && state !== 'error'

/** The state of a stream: a colour, and the word for it. */
export function StatePill({ state, live = false }: { readonly state: ConnectionState; readonly live?: boolean }) {
  return (
    <p className="pill" data-state={state} {...(live && { role: 'status' })}>
      {state}
    </p>
  )
}
