/** One connection to Redis, from when it is ready until it is lost. */
export interface RedisLink {
  /**
   * Sends one command behind those sent before, without waiting for their replies. Resolves to strings, numbers, `null`
   * and arrays of them; rejects with what Redis answered (`message` begins with its code), or as the link is lost.
   */
  send(args: readonly string[]): Promise<unknown>
  /** Resolves when Redis has confirmed all of them. */
  subscribe(channels: readonly string[]): Promise<unknown>
  unsubscribe(channels: readonly string[]): Promise<unknown>
  /** Cuts the connection at once. What waits for a reply is rejected. May be called twice. */
  destroy(): void
}

export interface LinkEvents {
  message(channel: string, message: string): void
  /** The link is of no use any more. Called once at most, and not after `destroy`. */
  lost(error: unknown): void
}

/**
 * What the backplane needs of a client library. It never relies on a library's own reconnecting, which resubscribes in
 * silence where messages were lost, and its own queues, which grow while Redis is away: a link is opened, serves, and is
 * lost for good.
 */
export interface RedisDriver {
  /** Rejects where Redis cannot be reached within a few seconds, or `signal` aborts. */
  open(events: LinkEvents, signal: AbortSignal): Promise<RedisLink>
}

/** How long, in milliseconds, a connection may take to be made. */
export const connectTimeoutMs = 5000
