import { onTestFinished } from 'vitest'

import { createStream, createStreamManager } from '../../src/index.ts'

import type { Stream, StreamOptions } from '../../src/index.ts'
import type { ContractServer } from './contract-server.ts'

export interface OpenedStream {
  readonly stream: Stream<unknown>
  /** Data, gaps, failures and the end, in order. Epochs are named A, B, … as they come. */
  readonly told: unknown[]
  /** The part of it that is data or tells of events: no failures. */
  readonly delivered: () => unknown[]
  readonly states: string[]
}

/** A stream over the transport under test, with short delays. It is gone with the test. */
export function openOn(server: ContractServer, config: Partial<StreamOptions<unknown>> = {}): OpenedStream {
  const told: unknown[] = []
  const states: string[] = []
  const manager = createStreamManager()
  const epochs: string[] = []
  const place = (position = '') =>
    position.replace(/^(.+):/, (_, epoch: string) => {
      if (!epochs.includes(epoch)) epochs.push(epoch)
      return `${'ABCDE'[epochs.indexOf(epoch)]}:`
    })
  const stream = createStream<unknown>({
    transports: [server.make(server.url)],
    manager,
    ...(server.clock && { clock: server.clock }),
    retryDelay: 5,
    minRetryDelay: 1,
    maxRetryDelay: 20,
    jitter: 0,
    pool: false,
    onGap: ({ kind, from, to }) => void told.push(`gap ${kind} ${place(from)} ${place(to)}`),
    onError: ({ code, willRetry }) => void told.push(`error ${code} ${willRetry ? 'retried' : 'final'}`),
    onComplete: () => void told.push('complete'),
    ...config,
    onData(data, meta) {
      told.push(data)
      return config.onData?.(data, meta)
    },
    onStateChange(change) {
      states.push(`${change.state} ${change.reason}`)
      config.onStateChange?.(change)
    },
  })
  onTestFinished(() => manager.cleanupAll())
  return { stream, told, states, delivered: () => told.filter((each) => !String(each).startsWith('error')) }
}

/** From 1, or from the first to the last. */
export const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n)
