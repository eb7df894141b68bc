export type TransportKind = 'sse' | 'websocket' | 'polling'

/** One attempt of a transport, be it one response, one socket or many polls. Times are the client's own. */
export interface SimulatedLink {
  readonly number: number
  readonly kind: TransportKind
  /** Whether it looks for a better transport beside the link that is in use. */
  readonly isProbe: boolean
  readonly lastEventId: string
  readonly dialedAt: number
  readonly signal: AbortSignal
  openedAt: number | undefined
  firstBytesAt: number | undefined
  lastReadAt: number
  /** The wait that its answer asks for. */
  floorMs: number
  /** Whether it met something that dialling again does not cure. */
  mayBeFatal: boolean
  /** Whether its transport has told its end. */
  isOver: boolean
  /** Whether the stream takes nothing more from it, and has yet to end it. */
  isDeaf: boolean
  /** Requests that are neither answered nor given up, responses and sockets that are not over. */
  live: number
}

export function createLink(
  facts: Pick<SimulatedLink, 'number' | 'kind' | 'isProbe' | 'lastEventId' | 'dialedAt' | 'signal'>,
): SimulatedLink {
  return {
    ...facts,
    openedAt: undefined,
    firstBytesAt: undefined,
    lastReadAt: facts.dialedAt,
    floorMs: 0,
    mayBeFatal: false,
    isOver: false,
    isDeaf: false,
    live: 0,
  }
}

/** What the network does to one request or socket. */
export type Fate =
  | { readonly kind: 'calm' | 'refused' | 'black hole' | 'answer lost' }
  | { readonly kind: 'unavailable'; readonly retryAfterS: number | undefined }
  /** Cut at a byte, or at a time if that comes first. `silence` tells neither side. */
  | {
      readonly kind: 'cut'
      readonly how: 'end' | 'error' | 'silence'
      readonly afterBytes: number
      readonly afterMs: number
    }

/** What stands between the client and everything that is asked in one way, until it is taken away. */
export type Obstacle =
  | { readonly kind: 'refused' | 'headers held' | 'body held' | 'another content type' }
  | { readonly kind: 'status'; readonly status: number }

export type LineEnd = '\n' | '\r\n' | '\r'
