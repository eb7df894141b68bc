import type { IncomingHttpHeaders } from 'node:http'

/**
 * A request as this package looks at it. An `IncomingMessage` of node:http is one, so is an `Http2ServerRequest`, and a
 * web-standard `Request` is made into one.
 */
export interface HttpRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined
  /** Path and query. */
  readonly url?: string | undefined
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders
  /** Of the connection; it knows no address where a web-standard `Request` stands behind this. */
  readonly socket: { readonly remoteAddress?: string | undefined }
  /** Lets the body go by unread. */
  resume?(): unknown
}

/** The part of a `ServerResponse` that is used, for the same three. */
export interface HttpResponse {
  readonly headersSent: boolean
  readonly writableEnded: boolean
  readonly destroyed?: boolean | undefined
  /** What HTTP/2 has in place of `destroyed`. */
  readonly stream?: { readonly destroyed: boolean } | undefined
  readonly socket?: { end(): unknown } | null | undefined
  shouldKeepAlive?: boolean
  setHeader(name: string, value: string): unknown
  appendHeader(name: string, value: string): unknown
  writeHead(status: number): unknown
  /** Those of HTTP/2 have it, too, but not in their types. */
  flushHeaders?(): void
  /** @returns whether more may follow at once; after `false` comes `drain`. */
  write(chunk: Uint8Array): boolean
  end(): unknown
  end(text: string): unknown
  destroy(): unknown
  on(event: 'drain' | 'close' | 'error', listener: () => void): unknown
  off(event: 'drain', listener: () => void): unknown
}
