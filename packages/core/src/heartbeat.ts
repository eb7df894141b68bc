/** Silence that a link is allowed before anything is known about its server's keep-alives. */
export const unarmedSilenceMs = 300_000
const defaultIntervalMs = 25_000
/** How late a timer may fire before that says more about a sleeping machine than about the link. */
const overdueMs = 1000

export interface HeartbeatFacts {
  /** The user's option; setting it arms the heartbeat. 0 turns it off. */
  readonly optionMs: number | undefined
  /** What the server announced in its connected event. */
  readonly announcedMs: number | undefined
  /** Whether a comment has been seen on this stream. */
  readonly commentSeen: boolean
}

/** Milliseconds of silence after which a link counts as lost: two intervals once armed. 0: never. */
export function allowedSilenceMs({ optionMs, announcedMs, commentSeen }: HeartbeatFacts): number {
  if (optionMs !== undefined) return optionMs * 2
  if (announcedMs !== undefined) return announcedMs * 2
  return commentSeen ? defaultIntervalMs * 2 : unarmedSilenceMs
}

/**
 * Whether a silence timer that fired `elapsedMs` after it was set is believed. After sleep the timer runs before the
 * bytes that wait in the socket are read, so an overdue one gets a turn of grace.
 */
export function isOverdue(elapsedMs: number, allowedMs: number): boolean {
  return elapsedMs > allowedMs + overdueMs
}
