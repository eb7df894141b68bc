import { onTestFinished } from 'vitest'

import { createEnhancedSSEStream, createStreamManager } from '../../src/index.ts'

import type { EnhancedStreamConfig, Stream, StreamError } from '../../src/index.ts'

type Url = Parameters<typeof createEnhancedSSEStream>[0]

export interface Recorded {
  readonly stream: Stream<string>
  readonly data: string[]
  readonly errors: StreamError[]
  /** `code`, `code status` where there was a response, and whether it goes on. */
  readonly failures: string[]
  /** `connected opened` and the like. */
  readonly states: string[]
  readonly waits: number[]
  readonly isComplete: () => boolean
}

/** A stream of text with short delays and everything it tells kept. It is closed with the test. */
export function record(url: Url, config: EnhancedStreamConfig<string> = {}): Recorded {
  const manager = createStreamManager()
  const recorded = {
    data: [] as string[],
    errors: [] as StreamError[],
    failures: [] as string[],
    states: [] as string[],
    waits: [] as number[],
  }
  let isComplete = false
  const stream = createEnhancedSSEStream<string>(
    url,
    {
      onData: (data) => void recorded.data.push(data),
      onError(error) {
        recorded.errors.push(error)
        const status = error.status === undefined ? '' : ` ${error.status}`
        recorded.failures.push(`${error.code}${status} ${error.willRetry ? 'retried' : 'final'}`)
      },
      onStateChange({ state, reason, retryInMs }) {
        recorded.states.push(`${state} ${reason}`)
        if (retryInMs !== undefined) recorded.waits.push(retryInMs)
      },
      onComplete: () => void (isComplete = true),
    },
    { manager, parse: 'text', retryDelay: 5, minRetryDelay: 1, maxRetryDelay: 20, jitter: 0, ...config },
  )
  onTestFinished(() => manager.cleanupAll())
  return { stream, ...recorded, isComplete: () => isComplete }
}
