/** One event of a lab link: small, numbered, and dated, so that everything can be checked on the other side. */
export interface LabEvent {
  readonly type: 'lab'
  /** 1, 2, 3 … without holes, also across restarts of the server. */
  readonly n: number
  /** ISO 8601: what latency is measured by. */
  readonly timestamp: string
}
