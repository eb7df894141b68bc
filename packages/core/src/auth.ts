interface Refresh {
  readonly promise: Promise<unknown>
  isDone?: boolean
  /** Has another one made for who asks next, unless it is done. */
  forget(): void
}

/** One for all streams that were given the same function. */
const refreshes = new WeakMap<() => unknown, Refresh>()

/** What brought the credentials that are shown now; `undefined` before any refresh, and while one is under way. */
export function lastRefresh(refreshAuth: (() => unknown) | undefined): object | undefined {
  const last = refreshAuth && refreshes.get(refreshAuth)
  return last?.isDone ? last : undefined
}

/**
 * Has credentials refreshed for a link that was refused with those that `refused` had brought. Those who ask meanwhile
 * wait for the same refresh, and whoever was refused with credentials from before it needs none of his own.
 */
export function refreshOnce(refreshAuth: () => unknown, refused: object | undefined): Refresh {
  const last = refreshes.get(refreshAuth)
  if (last && last !== refused) return last
  const refresh: Refresh = {
    promise: (async () => refreshAuth())().then(
      () => (refresh.isDone = true),
      (error: unknown) => {
        refresh.forget()
        throw error
      },
    ),
    forget() {
      if (!refresh.isDone && refreshes.get(refreshAuth) === refresh) refreshes.delete(refreshAuth)
    },
  }
  refreshes.set(refreshAuth, refresh)
  return refresh
}
