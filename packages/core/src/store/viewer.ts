import type { SharedStore } from './shared-store.ts'
import type { Link, Snapshot } from './stream-store.ts'

/** What becomes of what is known of a stream, and of what is selected of its state. */
export type Show<View, Selected = unknown> = (link: Link, selected: Selected) => View

/** Looks through a selector, which may be another one each time. It is called once for each snapshot. */
export type Look<S, View> = (select: (state: S) => unknown) => View

/**
 * Looks at a store as it is, and as it is before there is a stream: what `show` makes of it stays the same object as long
 * as what is selected does, and the link, though each look be through another function.
 */
export const viewer = <S, View extends object>(
  store: SharedStore<S>,
  show: Show<View>,
): readonly [view: Look<S, View>, idle: Look<S, View>] => [lookAt(store.getSnapshot, show), lookAt(store.getIdle, show)]

function lookAt<S, View extends object>(getSnapshot: () => Snapshot<S>, show: Show<View>): Look<S, View> {
  let seen: Snapshot<S> | undefined
  let through: unknown
  let selected: unknown
  let view: View | undefined
  return (select) => {
    const snapshot = getSnapshot()
    if (view && snapshot === seen && select === through) return view
    const data = select(snapshot.data)
    if (!view || seen?.link !== snapshot.link || !Object.is(selected, data)) view = show(snapshot.link, data)
    seen = snapshot
    through = select
    selected = data
    return view
  }
}
