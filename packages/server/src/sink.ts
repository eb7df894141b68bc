import type { CloseCode } from '@steadystream/core/protocol'

/** Where a session's bytes go. The adapter reports its `drained` and `closed` to the session. */
export interface Sink {
  /**
   * `more`: the next call goes on with the same chunk.
   * @returns whether more may follow at once; after `false` nothing does before `drained()`.
   */
  write(chunk: Uint8Array, more: boolean): boolean
  /** Ends the connection behind everything written; `code` says why, where the transport has a place for it. */
  end(code?: CloseCode): void
  /** Cuts the connection without a word. */
  destroy(): void
  /** Ends it in the middle of what is being written, saying why. Left out where the transport has no way to say it. */
  breakOff?(code: CloseCode): void
  /** Keeps what is written from here on until `uncork`, so that it leaves in one write. */
  cork?(): void
  uncork?(): void
  /** Asked at short, regular intervals; `false` once the other side is known to be gone. */
  isAlive?(now: number): boolean
}
