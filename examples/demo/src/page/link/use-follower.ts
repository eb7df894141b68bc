import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Followed, Follower } from './follower.ts'

/** Follows something while the component is there, and something else when `key` changes; `null` follows nothing. */
export function useFollower<Event>(
  key: string | null,
  create: (key: string) => Follower<Event>,
): Follower<Event> | undefined {
  const [follower, setFollower] = useState<Follower<Event>>()
  useEffect(() => {
    if (key === null) return undefined
    const next = create(key)
    setFollower(next)
    return () => {
      next.close()
      setFollower(undefined)
    }
    // `create` is a function of the module, or means the same at each render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key])
  return follower
}

const nobody = () => () => {}

export function useFollowed<Event>(follower: Follower<Event> | undefined): Followed<Event> | undefined {
  return useSyncExternalStore<Followed<Event> | undefined>(follower?.subscribe ?? nobody, () => follower?.getSnapshot())
}
