import { useSyncExternalStore } from 'react'
import { get, post } from '../api.ts'

/** Who looks at the pages, as the server sees it. */
export interface Session {
  readonly userId: string | null
  /** Whether the server is this visitor's to restart. */
  readonly mayControl: boolean
}

/** Milliseconds until a server that did not say it is asked again. */
const againMs = 2000

const listeners = new Set<() => void>()
let session: Session | undefined
let asking: Promise<void> | undefined

/** Asks anew; where the server cannot be asked, what was known stays. */
export function reloadSession(): Promise<void> {
  asking ??= get<Session>('/api/session')
    .then((found) => {
      session = found
      for (const changed of listeners) changed()
    })
    .catch(() => {
      if (!session && listeners.size > 0) window.setTimeout(() => void reloadSession(), againMs)
    })
    .finally(() => (asking = undefined))
  return asking
}

export async function signIn(userId: string): Promise<void> {
  await post('/api/session', { userId })
  await reloadSession()
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  if (!session) void reloadSession()
  return () => listeners.delete(changed)
}

/** `undefined` until the server has said it. */
export function useSession(): Session | undefined {
  return useSyncExternalStore(subscribe, () => session)
}
