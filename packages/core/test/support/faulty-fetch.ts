import type { FaultyChannel, Piece } from './faulty-channel.ts'
import type { Random } from './random.ts'

/** The channel as a `fetch` in memory. Chunks are of random size, so that a boundary may fall anywhere. */
export function createFaultyFetch(channel: FaultyChannel, random: Random): typeof globalThis.fetch {
  return (_input, init) => {
    const lastEventId = new Headers(init?.headers).get('Last-Event-ID') ?? undefined
    const { signal } = init ?? {}
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true }),
        pull: createPull(channel.open(lastEventId), random),
      },
      { highWaterMark: 0 },
    )
    return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }))
  }
}

/** Enqueues per read a random number of pieces, split at random, until the link's end, which has a read of its own. */
function createPull(pieces: Iterator<Piece, void>, random: Random) {
  const chunks: Uint8Array[] = []
  let over: Extract<Piece, { over: unknown }>['over'] | undefined

  function fill(): void {
    const taken: Uint8Array[] = []
    for (let wanted = random.whole(1, 20); wanted > 0 && !over; wanted--) {
      const piece = pieces.next().value
      if (!piece) return
      if ('over' in piece) over = piece.over
      else taken.push(piece.bytes)
    }
    const bytes = Buffer.concat(taken)
    const at = random.whole(0, bytes.length)
    chunks.push(...[bytes.subarray(0, at), bytes.subarray(at)].filter(({ length }) => length > 0))
  }

  return (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> | void => {
    if (chunks.length === 0 && !over) fill()
    const chunk = chunks.shift()
    if (chunk) return controller.enqueue(chunk)
    if (over === 'silence') return new Promise(() => {})
    if (over === 'end' || over === 'completed') return controller.close()
    controller.error(new TypeError('terminated'))
  }
}
