import { SseReader } from './sse-reader.ts'

import type { Clock } from '../env.ts'
import type { Block } from './sse-reader.ts'

/** A question to a server. */
export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Milliseconds until the headers have to be there. */
  readonly timeoutMs: number
}

/**
 * Asks, and resolves when the headers are there. It MUST NOT follow redirects, and each call has to use a connection of
 * its own where the runtime allows it: what an earlier check left open must not decide this one.
 * @throws {Error} if nobody answers in time.
 */
export type Ask = (url: URL, question: Question) => Promise<Probe>

/** Headers of an answer, by their names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | undefined>>

/** A piece of a body, as the network delivered it. */
export interface Piece {
  /** Milliseconds since the headers. */
  readonly atMs: number
  readonly bytes: number
  /** Whether it ends within a block. */
  readonly isCut: boolean
  readonly blocks: readonly Block[]
}

/** An answer, watched while it comes in. */
export interface Probe {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly headersAfterMs: number
  readonly pieces: readonly Piece[]
  readonly blocks: readonly Block[]
  readonly text: string
  readonly isOver: boolean
  /** @returns whether it held within `ms`; `false` also when the answer is over and it still does not. */
  until(holds: () => boolean, ms: number): Promise<boolean>
  close(): void
}

/** An answer as its transport sees it come in. */
export interface Watched {
  readonly probe: Probe
  /** Text of the body as it arrives; it may end anywhere. */
  feed(text: string): void
  /** Nothing more will come. */
  end(): void
}

/** Watches the body of an answer whose headers are there. */
export function watchAnswer(
  head: Pick<Probe, 'status' | 'headers' | 'headersAfterMs' | 'close'>,
  clock: Pick<Clock, 'now' | 'after'>,
): Watched {
  const startedAt = clock.now()
  const reader = new SseReader()
  const encoder = new TextEncoder()
  const pieces: Piece[] = []
  const blocks: Block[] = []
  const waiting = new Set<() => void>()
  let text = ''
  let isOver = false
  const wakeAll = () => waiting.forEach((wake) => wake())

  const probe: Probe = {
    ...head,
    pieces,
    blocks,
    get text() {
      return text
    },
    get isOver() {
      return isOver
    },
    until: (holds, ms) =>
      new Promise((resolve) => {
        const finish = () => {
          cancel()
          waiting.delete(wake)
          resolve(holds())
        }
        const wake = () => {
          if (holds() || isOver) finish()
        }
        const cancel = clock.after(ms, finish)
        waiting.add(wake)
        wake()
      }),
  }
  return {
    probe,
    feed(part) {
      const atMs = clock.now() - startedAt
      const found = reader.feed(part, atMs)
      pieces.push({ atMs, bytes: encoder.encode(part).length, isCut: reader.isInside, blocks: found })
      blocks.push(...found)
      text += part
      wakeAll()
    },
    end() {
      isOver = true
      wakeAll()
    },
  }
}
