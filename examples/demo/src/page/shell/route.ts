import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  window.addEventListener('popstate', changed)
  window.addEventListener('hashchange', changed)
  return () => {
    listeners.delete(changed)
    window.removeEventListener('popstate', changed)
    window.removeEventListener('hashchange', changed)
  }
}

/** The path of the page that is shown. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname)
}

/** What stands behind the `#`; a job, a document: a reload, a bookmark or a shared link finds it again. */
export function useHash(): string {
  return useSyncExternalStore(subscribe, () => window.location.hash.slice(1))
}

/** Shows another page, or another thing on this one, without loading anything. */
export function go(url: string): void {
  window.history.pushState(null, '', url)
  for (const changed of listeners) changed()
}
