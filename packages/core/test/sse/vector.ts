import { emptyOutcome } from './outcome.ts'

import type { Outcome, SeenEvent } from './outcome.ts'

/** A stream of bytes, and what the standard makes of it. */
export interface Vector {
  readonly name: string
  readonly bytes: Uint8Array
  readonly expected: Outcome
}

/** An event with what differs from a plain one: no name and no ID. A string is its data. */
type Expected = string | Partial<SeenEvent>

/** The final last event ID is, unless told, that of the last event. */
export function vector(
  name: string,
  input: string | Uint8Array,
  events: readonly Expected[],
  rest: Partial<Omit<Outcome, 'events'>> = {},
): Vector {
  const seen = events.map((event) => ({
    type: 'message',
    data: '',
    id: '',
    ...(typeof event === 'string' ? { data: event } : event),
  }))
  const lastEventId = seen.at(-1)?.id ?? ''
  return { name, bytes: bytes(input), expected: { ...emptyOutcome(), lastEventId, ...rest, events: seen } }
}

/** Texts as UTF-8, numbers as single bytes. */
export function bytes(...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  const encoder = new TextEncoder()
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'number' ? [part] : [...(typeof part === 'string' ? encoder.encode(part) : part)],
    ),
  )
}
