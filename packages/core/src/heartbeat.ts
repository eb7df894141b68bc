/** Half the silence that a link is allowed before anything is known about its server's keep-alives. */
const unarmedIntervalMs = 150_000
const defaultIntervalMs = 25_000
/** How late a timer may fire before that says more about a sleeping machine than about the link. */
const overdueMs = 1000

/**
 * Milliseconds of silence after which a link counts as lost: two intervals. 0: never.
 * @param optionMs the user's interval, which arms the heartbeat or, being 0, turns it off
 * @param announcedMs the interval in the server's connected event
 * @param commentSeen whether this stream has ever brought a comment
 */
export function allowedSilenceMs(
  optionMs: number | undefined,
  announcedMs: number | undefined,
  commentSeen: boolean,
): number {
  return 2 * (optionMs ?? announcedMs ?? (commentSeen ? defaultIntervalMs : unarmedIntervalMs))
}

/**
 * Whether a timer set for `ms` that fired after `elapsedMs` is not to be believed at once. After sleep it runs before
 * the bytes that wait in the socket are read, so they get a turn of grace.
 */
export const isOverdue = (elapsedMs: number, ms: number): boolean => elapsedMs > ms + overdueMs
