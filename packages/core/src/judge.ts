import { askUser } from './env.ts'
import { StreamError } from './errors.ts'

export interface FailureFacts {
  /** Whether a second request might repeat what the first one caused. */
  readonly isUnrepeatable: boolean
  /** Whether this link was open when it failed. */
  readonly wasOpen: boolean
  /** Whether the stream has been connected before this failure, on any link. */
  readonly everConnected: boolean
}

// The server says by these that it did not act on the request.
const untouched = [408, 425, 429, 503]

/** What a failure is called; its `retryable` tells whether the link is dialled again. `shouldRetry` has the last word. */
export function judgeFailure(
  error: StreamError,
  { isUnrepeatable, wasOpen, everConnected }: FailureFacts,
  shouldRetry?: (error: StreamError) => boolean,
): StreamError {
  const { code, message, status, retryAfterMs } = error
  let judged = error
  if (isUnrepeatable && code !== 'REQUEST' && !untouched.includes(status ?? 0)) {
    if (wasOpen) judged = new StreamError('INTERRUPTED', message, { cause: error, status, retryAfterMs })
    judged.retryable = false
  } else if (code === 'CONTENT_TYPE')
    // A captive portal answers for a server that was there before.
    judged.retryable ||= everConnected
  if (shouldRetry) judged.retryable = askUser(() => shouldRetry(judged), judged.retryable)
  return judged
}
