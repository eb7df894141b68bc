/** A response body that the test writes. */
export interface ScriptedBody {
  readonly stream: ReadableStream<Uint8Array>
  /** Whether neither side has ended it. */
  readonly isOpen: boolean
  /** Settles when either side has ended it. */
  readonly closed: Promise<void>
  /** Chunks that the client has not read yet. */
  readonly unread: number
  write(bytes: Uint8Array): void
  /** Ends it once everything written has been read: cleanly, or with an error. */
  finish(error?: Error): void
  /** Errors it at once, as an aborted fetch does; what was written and not read is lost. */
  abort(reason: unknown): void
}

type Entry = { readonly bytes: Uint8Array } | { readonly error: Error | undefined }

/**
 * Hands its chunks out one per read, so that whatever was written before an error arrives before it, and what the client
 * leaves unread can be seen. `controller.error()` by itself would discard it.
 */
export function createScriptedBody(): ScriptedBody {
  const entries: Entry[] = []
  const { promise: closed, resolve: markClosed } = deferred()
  let isOpen = true
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let wake: (() => void) | undefined

  function close(): void {
    isOpen = false
    markClosed()
  }

  function add(entry: Entry): void {
    if (!isOpen) return
    entries.push(entry)
    wake?.()
  }

  async function handOut(): Promise<void> {
    while (entries.length === 0) {
      const { promise, resolve } = deferred()
      wake = resolve
      await promise
      if (!isOpen && entries.length === 0) return
    }
    const entry = entries.shift()
    if (!entry) return
    if ('bytes' in entry) controller?.enqueue(entry.bytes)
    else if (entry.error) controller?.error(entry.error)
    else controller?.close()
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(own) {
        controller = own
      },
      pull: handOut,
      cancel() {
        entries.length = 0
        close()
        wake?.()
      },
    },
    { highWaterMark: 0 },
  )

  return {
    stream,
    get isOpen() {
      return isOpen
    },
    closed,
    get unread() {
      return entries.filter((entry) => 'bytes' in entry).length
    },
    write: (bytes) => add({ bytes }),
    finish(error) {
      add({ error })
      close()
    },
    abort(reason) {
      entries.length = 0
      close()
      controller?.error(reason)
      wake?.()
    },
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve }
}
