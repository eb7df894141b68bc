import { onTestFinished } from 'vitest'

import { createStream, createStreamManager } from '../../src/index.ts'
import { polling } from '../../src/transports/polling.ts'
import { describeGap } from '../support/open-scripted.ts'

import type { Stream, StreamOptions } from '../../src/index.ts'
import type { ParsedPollingOptions, PollingOptions } from '../../src/transports/polling.ts'

export interface OpenedPoll {
  readonly stream: Stream<unknown>
  readonly data: unknown[]
  /** One line per call of a handler, in order: `connected opened`, `data 1`, `gap lost e:1..e:2`. */
  readonly log: string[]
}

/** A stream that polls, with everything it tells in one list. It is gone with the test. */
export function openPoll(
  url: string | (() => string),
  options: Omit<StreamOptions<unknown>, 'transports'> = {},
  pollingOptions: PollingOptions | ParsedPollingOptions = {},
): OpenedPoll {
  const manager = createStreamManager()
  const log: string[] = []
  const data: unknown[] = []
  const stream = createStream({
    transports: [polling(url, pollingOptions)],
    manager,
    onData(each) {
      data.push(each)
      log.push(`data ${JSON.stringify(each)}`)
    },
    onGap: (gap) => void log.push(`gap ${describeGap(gap)}`),
    onError: ({ code, willRetry }) => void log.push(`error ${code} ${willRetry ? 'retried' : 'final'}`),
    onStateChange: ({ state, reason, transport }) => void log.push(`${state} ${reason} by ${transport}`),
    onComplete: () => void log.push('complete'),
    ...options,
  })
  onTestFinished(() => manager.cleanupAll())
  return { stream, data, log }
}
