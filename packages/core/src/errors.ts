/** What went wrong, as a stable word to branch on. docs/errors.md has a heading for each. */
export type StreamErrorCode =
  | 'NETWORK'
  | 'TIMEOUT'
  | 'HEARTBEAT'
  | 'ENDED'
  | 'HTTP'
  | 'UNAUTHORIZED'
  | 'CONTENT_TYPE'
  | 'NO_BODY'
  | 'REDIRECT'
  | 'REQUEST'
  | 'INTERRUPTED'
  | 'SERVER_CLOSE'
  | 'PARSE'
  | 'EVENT_TOO_LARGE'

export interface StreamErrorDetails {
  /** Whether trying again may help. Default `true`. */
  readonly retryable?: boolean | undefined
  readonly cause?: unknown
  /** HTTP status, where there was a response. */
  readonly status?: number | undefined
  /** Milliseconds that the server asked to wait before the next attempt. */
  readonly retryAfterMs?: number | undefined
}

/** The one error class of this library: what a stream's `onError` and `onInvalid` receive. */
export class StreamError extends Error {
  override readonly name = 'StreamError'
  readonly code: StreamErrorCode
  /** Whether the failure is of a kind that another attempt may cure. */
  retryable: boolean
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  /** Whether the stream goes on by itself after this; settled before any handler sees the error. */
  willRetry = false

  constructor(code: StreamErrorCode, message: string, details: StreamErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retryable = details.retryable ?? true
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
  }
}

/** Wraps whatever was thrown; a `StreamError` passes through. */
export function toStreamError(thrown: unknown, code: StreamErrorCode, message: string): StreamError {
  if (thrown instanceof StreamError) return thrown
  const detail =
    thrown instanceof Error ? thrown.message : typeof thrown === 'string' ? thrown : `a thrown ${typeof thrown}`
  return new StreamError(code, `${message}: ${detail}`, { cause: thrown })
}
