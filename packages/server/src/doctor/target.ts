/** A request that makes the server publish something, given by the user. */
export interface Trigger {
  readonly method: string
  readonly path: string
  readonly body: string | undefined
}

/** What is to be examined, and how. */
export interface Target {
  /** The address that was given. */
  readonly base: URL
  /** `undefined` where the trigger's answer is to say it. */
  readonly sse: URL | undefined
  readonly websocket: URL | undefined
  readonly polling: URL | undefined
  readonly stats: URL
  readonly trigger: Trigger | undefined
  /** Sent with every request, the token among them. */
  readonly headers: Readonly<Record<string, string>>
  /** A page of this origin is to be allowed to read. */
  readonly origin: string | undefined
  /** Milliseconds to wait for a heartbeat where the server does not announce one. */
  readonly waitMs: number
  /** Milliseconds to wait for anything that should come at once. */
  readonly timeoutMs: number
}
