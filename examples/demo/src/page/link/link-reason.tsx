import { durationInWords } from '../ui/words.ts'
import type { Followed } from './follower.ts'

/** Why a link is in its state, and how long until it is tried again. */
export function LinkReason({ followed }: { readonly followed: Followed<unknown> | undefined }) {
  if (!followed) return <p className="reason">not started</p>
  const { waitMs } = followed
  const wait = waitMs > 0 ? `, next try in ${durationInWords(waitMs)}` : ''
  return <p className="reason">{followed.reason + wait}</p>
}
