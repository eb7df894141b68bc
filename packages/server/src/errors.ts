/** What users branch on: the `code` of a {@link RealtimeError}, and of the JSON body of a refused request. */
export type RealtimeErrorCode =
  | 'BAD_REQUEST'
  | 'CHANNEL_COMPLETED'
  | 'CLOSED'
  | 'FORBIDDEN'
  | 'INTERNAL'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  | 'TOO_LARGE'
  | 'TOO_MANY_CHANNELS'
  | 'TOO_MANY_CONNECTIONS'
  | 'UNAUTHORIZED'
  | 'UNAVAILABLE'
  | 'UNSUPPORTED_MEDIA_TYPE'

/** A failure of the server's own making. Bad arguments throw `TypeError` or `RangeError` instead. */
export class RealtimeError extends Error {
  readonly code: RealtimeErrorCode

  constructor(code: RealtimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RealtimeError'
    this.code = code
  }
}

/** A request that is not answered with a stream, as status, code and headers. Never holds what an exception said. */
export interface Refusal {
  readonly status: number
  readonly code: RealtimeErrorCode
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}
