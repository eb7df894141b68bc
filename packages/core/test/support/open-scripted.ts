import { onTestFinished } from 'vitest'

import { createEnhancedSSEStream, createStreamManager } from '../../src/index.ts'
import { createManualClock, createScriptedStream } from '../../src/testing/index.ts'

import type { Gap, Stream, StreamConfig, StreamError, StreamHandlers, StreamManager } from '../../src/index.ts'
import type { ManualClock, ScriptedStream } from '../../src/testing/index.ts'

export interface Setup {
  /** What the test adds to the recorded handlers; each runs after its line is in the log. */
  readonly handlers?: StreamHandlers<unknown> | undefined
  /** Leaves `onData` out, so that the stream can be iterated. */
  readonly iterated?: boolean | undefined
  readonly clock?: ManualClock | undefined
  readonly url?: string | (() => string | Promise<string>) | undefined
}

/** A stream on a hand-driven clock and a scripted server, with everything it told in one list. */
export interface Opened {
  readonly stream: Stream<unknown>
  readonly server: ScriptedStream
  readonly clock: ManualClock
  readonly manager: StreamManager
  /** One line per call of a handler, in order: `connected opened`, `data 1`, `error NETWORK retried`. */
  readonly log: string[]
  readonly errors: StreamError[]
  /** The virtual times of the requests. */
  readonly dials: number[]
  /** What each request was sent with. */
  readonly inits: RequestInit[]
  /** Takes what the log holds of one kind: the rest of its lines that begin with `word`. */
  told(word: string): string[]
}

export const streamUrl = 'http://stream.test/events'

/** Opens a stream with `config` on top of a clock whose randomness is 0.5. It is gone with the test. */
export function openScripted(config: StreamConfig = {}, setup: Setup = {}): Opened {
  const { clock = createManualClock(), handlers = {}, iterated = false, url = streamUrl } = setup
  const server = createScriptedStream()
  const manager = createStreamManager()
  const log: string[] = []
  const errors: StreamError[] = []
  const dials: number[] = []
  const inits: RequestInit[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    dials.push(clock.now())
    inits.push(init ?? {})
    return server.fetch(input, init)
  }
  const { onData, ...recorded } = record(handlers, log, errors)
  const stream = createEnhancedSSEStream<unknown>(url, iterated ? recorded : { ...recorded, onData }, {
    clock,
    fetch,
    manager,
    // Sharing and lingering have tests of their own.
    pool: false,
    ...config,
  })
  onTestFinished(() => manager.cleanupAll())
  const told = (word: string) =>
    log.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  return { stream, server, clock, manager, log, errors, dials, inits, told }
}

function record(own: StreamHandlers<unknown>, log: string[], errors: StreamError[]): StreamHandlers<unknown> {
  return {
    ...own,
    onData(data, meta) {
      log.push(`data ${typeof data === 'string' ? data : JSON.stringify(data)}`)
      return own.onData?.(data, meta)
    },
    onError(error) {
      errors.push(error)
      log.push(`error ${error.code} ${error.willRetry ? 'retried' : 'final'}`)
      return own.onError?.(error)
    },
    onComplete() {
      log.push('complete')
      return own.onComplete?.()
    },
    onStateChange(change) {
      log.push(`${change.state} ${change.reason}`)
      return own.onStateChange?.(change)
    },
    onGap(gap) {
      log.push(`gap ${describeGap(gap)}`)
      return own.onGap?.(gap)
    },
    onComment(comment) {
      log.push(`comment ${comment}`)
      return own.onComment?.(comment)
    },
    onInvalid(error, event) {
      log.push(`invalid ${error.code} ${event.id}`)
      return own.onInvalid?.(error, event)
    },
  }
}

export function describeGap({ kind, from, to }: Gap): string {
  return from === undefined && to === undefined ? kind : `${kind} ${from}..${to}`
}
