import { EventEmitter } from 'node:events'

import type { HttpResponse } from '../http-messages.ts'

// As Node's own responses: what is over it waits until the other side has read.
const highWaterBytes = 16 * 1024

/**
 * A web-standard `Response` in the making, written to like a `ServerResponse`. Its body is handed over as it is asked
 * for, piece by piece, so that `drain` and `close` mean that the other side has read.
 */
export class FetchResponse extends EventEmitter implements HttpResponse {
  /** Settles when the headers are known. */
  readonly response: Promise<Response>
  readonly #headers = new Headers()
  readonly #body: ReadableStream<Uint8Array>
  #resolve: (response: Response) => void = () => {}
  /** Set by the stream's `start`, which runs within its constructor. */
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #status = 200
  #begun = false
  #ended = false
  #closed = false
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #isReadable = true
  /** The other side waits for a chunk. */
  #wanted = false
  /** The other side has begun to read. Until it does nothing more may follow: a response may be dropped unread. */
  #isRead = false
  #needsDrain = false

  constructor() {
    super()
    this.response = new Promise((resolve) => (this.#resolve = resolve))
    this.#body = new ReadableStream(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => {
          this.#isRead = true
          this.#wanted = true
          this.#hand()
        },
        cancel: () => {
          this.#isReadable = false
          this.leave()
        },
      },
      // Nothing is handed over ahead: what lies in the stream's own queue cannot be told from what was read.
      { highWaterMark: 0 },
    )
  }

  get headersSent(): boolean {
    return this.#begun
  }

  get writableEnded(): boolean {
    return this.#ended
  }

  get destroyed(): boolean {
    return this.#closed
  }

  setHeader(name: string, value: string): void {
    this.#headers.set(name, value)
  }

  appendHeader(name: string, value: string): void {
    this.#headers.append(name, value)
  }

  writeHead(status: number): void {
    this.#status = status
  }

  flushHeaders(): void {
    this.#begin(this.#body)
  }

  write(chunk: Uint8Array): boolean {
    if (this.#ended || this.#closed) return false
    this.#begin(this.#body)
    this.#queue.push(chunk)
    this.#queuedBytes += chunk.length
    if (this.#wanted) this.#hand()
    this.#needsDrain = !this.#isRead || this.#queuedBytes > highWaterBytes
    return !this.#needsDrain
  }

  end(text?: string): void {
    if (this.#ended || this.#closed) return
    this.#ended = true
    if (this.#begun) return this.#hand()
    this.#begin(text ?? null)
    this.#close()
  }

  /** Cuts the response: in the middle of its body, or instead of an answer. */
  destroy(): void {
    if (this.#closed) return
    // Whoever serves the response cuts the connection then, as a body that just ended would look complete.
    this.#controller.error(new Error('the server cut the stream'))
    this.#isReadable = false
    this.#abandon()
  }

  /** The other side is gone. */
  leave(): void {
    if (this.#closed) return
    this.#abandon()
    // Not by an error, which frameworks log: nobody is left to take this for the end of the data.
    if (this.#isReadable) this.#controller.close()
  }

  #begin(body: ReadableStream<Uint8Array> | string | null): void {
    if (this.#begun) return
    this.#begun = true
    this.#resolve(new Response(body, { status: this.#status, headers: this.#headers }))
  }

  /** Hands over what waits, joined, as each chunk costs the reader a turn. */
  #hand(): void {
    const [first] = this.#queue
    if (first && this.#wanted) {
      this.#wanted = false
      const chunk = this.#queue.length === 1 ? first : Buffer.concat(this.#queue)
      this.#queue = []
      this.#queuedBytes = 0
      this.#controller.enqueue(chunk)
      if (this.#needsDrain) this.#tell('drain')
      this.#needsDrain = false
    }
    if (this.#ended && this.#queue.length === 0) {
      this.#controller.close()
      this.#isReadable = false
      this.#close()
    }
  }

  #abandon(): void {
    this.#queue = []
    // Nobody reads it, or somebody who can only come back.
    this.#status = 503
    this.#begin(null)
    this.#close()
  }

  #close(): void {
    this.#closed = true
    this.#tell('close')
  }

  /** In a turn of its own, as streams do: whoever writes or destroys has done the rest of his work by then. */
  #tell(event: 'drain' | 'close'): void {
    queueMicrotask(() => this.emit(event))
  }
}
