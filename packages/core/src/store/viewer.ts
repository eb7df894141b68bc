import type { Link, Snapshot } from './stream-store.ts'

/**
 * Looks at a store: what `present` makes of it stays the same object as long as what is selected does, and the link. The
 * selector is called once for each snapshot.
 */
export function viewer<S, U, View extends object>(
  getSnapshot: () => Snapshot<S>,
  present: (link: Link, selected: U) => View,
  select: (state: S) => U,
): () => View {
  let seen: Snapshot<S> | undefined
  let selected: U | undefined
  let view: View | undefined
  return () => {
    const snapshot = getSnapshot()
    if (view && snapshot === seen) return view
    const data = select(snapshot.data)
    if (!view || seen?.link !== snapshot.link || !Object.is(selected, data)) view = present(snapshot.link, data)
    seen = snapshot
    selected = data
    return view
  }
}
