import type { Random } from '../support/random.ts'
import type { World } from './world.ts'

/** Bytes on their way to the client: in order, late, and in pieces that have nothing to do with what was sent. */
export interface Pipe {
  readonly body: ReadableStream<Uint8Array>
  /** Calls in order, one way's time later. */
  deliver(act: () => void): void
  send(bytes: Uint8Array): void
  /** After what was sent: a clean end, or a reset that also destroys what the client has not read yet. */
  finish(how: 'end' | 'error'): void
  /** The client has gone: nothing reaches it any more. */
  abandon(reason: unknown): void
}

export interface PipeEvents {
  read(bytes: number): void
  /** The client can tell that it is over. */
  finished(): void
  cancelled(): void
}

export function createPipe(world: World, random: Random, latencyMs: number, events: PipeEvents): Pipe {
  const largestPiece = random.chance(0.2) ? 16 : 1024
  let arrived: Uint8Array[] = []
  let lastArrival = 0
  let isWanted = false
  let isEnding = false
  let isOver = false
  let controller!: ReadableStreamDefaultController<Uint8Array>

  // A high-water mark of 0: what the client has not asked for stays here, where it can be counted.
  const body = new ReadableStream<Uint8Array>(
    {
      start: (own) => void (controller = own),
      pull() {
        isWanted = true
        pump()
      },
      cancel() {
        if (isOver) return
        isOver = true
        events.cancelled()
      },
    },
    { highWaterMark: 0 },
  )

  function pump(): void {
    if (isOver || !isWanted) return
    const [first] = arrived
    if (first) {
      isWanted = false
      const size = Math.min(first.length, random.whole(1, largestPiece))
      arrived = size < first.length ? [first.subarray(size), ...arrived.slice(1)] : arrived.slice(1)
      events.read(size)
      controller.enqueue(first.slice(0, size))
    } else if (isEnding) {
      isOver = true
      events.finished()
      controller.close()
    }
  }

  function deliver(act: () => void): void {
    lastArrival = Math.max(lastArrival, world.now() + latencyMs + random.whole(0, 5))
    world.onArrival(lastArrival - world.now(), act)
  }

  return {
    body,
    deliver,
    send(bytes) {
      if (bytes.length === 0) return
      deliver(() => {
        arrived.push(bytes)
        pump()
      })
    },
    finish(how) {
      deliver(() => {
        if (isOver) return
        isEnding = true
        if (how === 'end') return pump()
        isOver = true
        events.finished()
        controller.error(new TypeError('terminated'))
      })
    },
    abandon(reason) {
      if (isOver) return
      isOver = true
      arrived = []
      controller.error(reason)
    },
  }
}
