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
  | 'SCHEMA'
  | 'EVENT_TOO_LARGE'
  | 'FORBIDDEN'
  | 'BAD_REQUEST'
  | 'TOO_MANY_CHANNELS'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'INTERNAL'
  | 'CHANNEL_COMPLETED'
  | 'UNSENT'
  | 'UNCONFIRMED'

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
  declare readonly code: StreamErrorCode
  /** Whether the failure is of a kind that another attempt may cure. */
  declare retryable: boolean
  declare readonly status: number | undefined
  declare readonly retryAfterMs: number | undefined
  /** Whether the stream goes on by itself after this; settled before any handler sees the error. */
  declare willRetry: boolean

  constructor(code: StreamErrorCode, message: string, details?: StreamErrorDetails) {
    super(message, details as ErrorOptions) // it takes the cause alone
    Object.assign(this, { name: 'StreamError', code, retryable: true, willRetry: false }, details)
  }
}

/** Wraps whatever was thrown; a `StreamError` passes through. */
export function toStreamError(thrown: unknown, code: StreamErrorCode, message: string): StreamError {
  return thrown instanceof StreamError
    ? thrown
    : new StreamError(code, `${message}: ${Object(thrown).message ?? String(thrown)}`, {
        cause: thrown,
      })
}

/** Why the server has refused something: one of the codes of errors.md; what a later server says comes as it is. */
export const refusalOf = ({ code, message }: Readonly<Record<string, unknown>>): StreamError =>
  new StreamError(String(code) as StreamErrorCode, String(message), {
    retryable: !/FORBIDDEN|BAD_REQUEST|NOT_FOUND|COMPLETED/.test(String(code)),
  })
