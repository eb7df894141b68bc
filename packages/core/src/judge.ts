import { StreamError } from './errors.ts'

import type { MachineEvent } from './machine.ts'

export interface FailureFacts {
  /** Whether the request may have caused something on the server. */
  readonly isUnsafe: boolean
  readonly retryUnsafe: boolean
  /** Whether this link was open when it failed. */
  readonly wasOpen: boolean
  /** Whether the stream has been connected before this failure, on any link. */
  readonly everConnected: boolean
  /** Whether the next request can name the last event, so that nothing is done twice. */
  readonly isResumable: boolean
}

export interface Judgement {
  readonly event: Extract<MachineEvent, 'lost' | 'fatal'>
  readonly error: StreamError
}

// The server says by these that it did not act on the request.
const untouched = [408, 425, 429, 503]

/** Whether a failed link is dialled again, and what the failure is called. */
export function judgeFailure(
  error: StreamError,
  facts: FailureFacts,
  shouldRetry?: (error: StreamError) => boolean,
): Judgement {
  const { isUnsafe, retryUnsafe, wasOpen, everConnected, isResumable } = facts
  const isUnrepeatable = isUnsafe && !retryUnsafe && !isResumable && !untouched.includes(error.status ?? 0)
  const named =
    isUnrepeatable && wasOpen
      ? new StreamError('INTERRUPTED', 'the answer broke off, and repeating its request might repeat what it caused', {
          retryable: false,
          cause: error,
        })
      : error
  // A captive portal answers for a server that was there before.
  const mayHeal = named.retryable || (named.code === 'CONTENT_TYPE' && everConnected)
  const isRetried = shouldRetry ? shouldRetry(named) : mayHeal && !isUnrepeatable
  return { event: isRetried ? 'lost' : 'fatal', error: named }
}
