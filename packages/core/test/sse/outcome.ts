/** One dispatched event, as a listener sees it. */
export interface SeenEvent {
  readonly type: string
  readonly data: string
  /** Last event ID at its dispatch. */
  readonly id: string
}

/** Everything that a stream of bytes brings about. */
export interface Outcome {
  readonly events: readonly SeenEvent[]
  /** Last event ID string once the stream is over: what a reconnection would send. */
  readonly lastEventId: string
  /** Milliseconds of the last valid `retry`; `undefined` where there was none. */
  readonly retry: number | undefined
  /** Texts of the comments, without one leading space. */
  readonly comments: readonly string[]
}

export type MutableOutcome = {
  -readonly [Name in keyof Outcome]: Outcome[Name] extends readonly (infer Item)[] ? Item[] : Outcome[Name]
}

export function emptyOutcome(): MutableOutcome {
  return { events: [], lastEventId: '', retry: undefined, comments: [] }
}
