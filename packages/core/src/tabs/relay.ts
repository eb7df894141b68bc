import type { StreamError } from '../errors.ts'
import type { Link } from '../transports/transport.ts'

/**
 * What a link was told, to be told to the links of other tabs. Besides a link's methods: `placed` (from here on this tab
 * is told everything), `behind` (the server is to be asked for what comes up to this ID) and `take` (what is said of
 * channels).
 */
export type Call = readonly [name: string, what?: unknown]

/** What tabs of one group tell each other. `term` names one link of one leader. */
export type Message =
  /** A follower is there, behind this ID. */
  | readonly [kind: 'join', id: string, lastEventId: string, fromStart: boolean]
  /** Is there a leader? */
  | readonly [kind: 'ping']
  /** There is. */
  | readonly [kind: 'lead', term: string]
  /** `to` one of them, or all (`''`). */
  | readonly [kind: 'tell', term: string, to: string, calls: readonly Call[], bytes: number]
  /** The link is over, because of an error or because the leader left it. */
  | readonly [kind: 'over', term: string, error: object | undefined]
  /** To be sent to the server; of a channel client, commands. */
  | readonly [kind: 'send', data: unknown, id: string]
  /** A follower has gone. */
  | readonly [kind: 'leave', id: string]

const names = /* @__PURE__ */ 'opened bytes comment event moved retry oversized ended completed failed'.split(' ')

/** A link whose calls go to `act`. */
export const tap = (link: Link, act: (call: Call) => void): Link => ({
  ...link,
  ...Object.fromEntries(names.map((name) => [name, (what: unknown) => act([name, what])])),
})

/** Passes a call on to a link. @throws where another tab has made it up */
export function pass(link: Link, [name, what]: Call): void {
  if (!names.includes(name)) throw new Error(name)
  const { type = '', data = '' } = Object(what) as Record<string, unknown> // checked here
  if (typeof type !== 'string' || typeof data !== 'string') throw new Error(name)
  // It is one of the names, and takes one value or none.
  ;(link as unknown as Record<string, (what: unknown) => void>)[name]?.(what)
}

/** The ID that a call leaves the stream at, where it moves it. */
export const idOf = ([name, what]: Call): unknown => (name === 'moved' ? what : (Object(what) as { id?: unknown }).id)

/** What of a failure can be cloned: not its cause, which is hidden from a spread. */
export const toldError = (error: StreamError): object => Object.assign({}, error, { message: error.message })
