import type { Clock } from '../env.ts'
import type { StreamError } from '../errors.ts'
import type { RequestOptions } from '../options.ts'
import type { ClientEnvelope } from '../protocol/envelope.ts'
import type { ReceivedEvent } from '../resume.ts'
import type { chooseTransport } from '../transport-choice.ts'

/** What one manner of polling asks, and makes of the answers, for one link. */
export interface Manner {
  ask(signal: AbortSignal, isFirst: boolean): Promise<Response>
  /**
   * Judges an answer (`undefined`: nothing new), and tells the link; with the first one, that it is open.
   * @returns whether there is likely to be more by now; `undefined` where there will be none.
   */
  take(body: unknown, response: Response, isFirst: boolean): Promise<boolean | undefined>
}

/** The side of a client that follows many channels over one link; what it is told of is put right by its positions. */
export interface ChannelSide {
  /**
   * By label, where each channel begins that the link is to follow: a position, `'start'`, or `null` for from now on.
   * Asked when dialling, and before each poll; what it tells counts as asked for.
   */
  asked(): Readonly<Record<string, string | null>>
  /** Takes what the server says of channels: an envelope, or an array of them. */
  take(frame: unknown): void
  /** From here on commands can be given; the promise rejects if they may not have reached the server. */
  opened(give: (commands: readonly ClientEnvelope[]) => Promise<unknown> | undefined): void
}

/**
 * One attempt, as a transport sees it. Every method may be called at any time and runs no user code; after `signal`
 * aborts they do nothing.
 */
export interface Link {
  /** Aborts when the stream wants no more of this attempt. Everything opened for it MUST then be released. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Resume token; `''` for none. */
  readonly lastEventId: string
  /** Whether to ask for the channel from its beginning; never together with a token. */
  readonly fromStart: boolean
  readonly maxEventSize: number
  /**
   * Told before dialling what this attempt shows of who it is (a token), `''` where that cannot be seen (cookies).
   * @throws {StreamError} `UNAUTHORIZED`, where just that has been refused: nothing is to be dialled then.
   */
  identify(credential: string): void
  /**
   * The server accepted. MUST come before anything below, and once.
   * @param resumes whether it could be asked to go on after the token; default `true`
   */
  opened(resumes?: boolean): void
  /** `count` bytes arrived, and what they carried has been told. */
  bytes(count: number): void
  comment(text: string): void
  event(event: ReceivedEvent): void
  /** A block that set the last event ID and had no data. */
  moved(id: string): void
  /** The server set its reconnection time. */
  retry(ms: number): void
  /** An event over `maxEventSize` was skipped. */
  oversized(event: ReceivedEvent): void
  /** The link is over; a transport calls exactly one of these three, once. */
  ended(): void
  completed(): void
  failed(error: StreamError): void
  /** A promise while the consumer has no room for more; it settles when there is some, and on abort. A transport that can hold its server back waits for it. */
  ready(): Promise<void> | undefined
  /** Whether it only shows if the transport works. */
  readonly isProbe?: boolean | undefined
  /** Follows channels over it, instead of who follows them for the transport. */
  readonly channels?: ((link: Link) => ChannelSide) | undefined
  /** Replaces options of the request. */
  readonly request?: RequestOptions | undefined
  /** Makes of polls what is to be made of them, instead of the transport. */
  readonly manner?: ((wait: number) => Manner) | undefined
  /** Told how to send over an open socket, whose messages are then told as they are, whatever the subprotocol. */
  readonly canSend?: ((send: (data: string) => boolean) => void) | undefined
}

/** What a WebSocket sends. */
export type SendData = string | ArrayBufferLike | Blob | ArrayBufferView

/** What a request shows: its URL (`''` where that is a function), its credentials mode, and layers of headers. */
export type RequestFacts = readonly [
  href: string,
  credentials: RequestCredentials | undefined,
  headers: readonly RequestOptions['headers'][],
]

/** What a stream can be received over: the best first. */
export type Transports = readonly [Transport, ...Transport[]]

/**
 * Puts the tabs of an origin between a stream and its transports.
 * @param kind keeps apart what speaks differently
 */
export type TabSharing = (transports: Transports, kind?: 'stream' | 'channels') => Transports

/** Makes a transport, filling what it was not told from the defaults of the stream's manager. */
export type TransportFactory = (defaults: RequestOptions) => Transport

/** A way to receive a stream. It dials when told to, once per call, and decides nothing. */
export interface Transport {
  readonly name: string
  /** What is shown to people; without secrets. */
  readonly url: string
  /** Whether repeating a request might repeat what it caused. */
  readonly isUnsafe: boolean
  /** Two transports whose keys are equal, part by part, may share a connection; undefined: never. */
  readonly poolKey: Iterable<unknown> | undefined
  /** Whether the server waits while nobody reads. Default `true`; else a full consumer ends the link and resumes later. */
  readonly holdsBack?: boolean | undefined
  /** What its requests show, so that tabs can tell which are equal; undefined: not known. */
  readonly facts?: RequestFacts | undefined
  /** Chooses between this transport and others beside it; one that is meant to stand beside others brings this along. */
  readonly choose?: typeof chooseTransport | undefined
  /** Sends to the server, where the transport can; for as long as no link is open, what is sent may wait in a queue. */
  send?(data: SendData): 'sent' | 'queued' | 'refused'
  /** Who follows channels over its links, where it carries many. */
  readonly channels?: ((link: Link) => ChannelSide) | undefined
  /** Sends one request as those of `connect` are sent, where they are requests. */
  readonly request?: ((link: Link) => Promise<Response>) | undefined
  /** MUST NOT throw, and MUST stop at the next turn after `link.signal` aborts. */
  connect(link: Link): void
}
