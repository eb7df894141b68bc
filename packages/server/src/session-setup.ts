import type { CloseCode } from '@steadystream/core/protocol'
import type { Client } from './client.ts'
import type { Session } from './session.ts'
import type { Sink } from './sink.ts'
import type { Wire } from './transports/wire.ts'

/** Bytes that wait in all sessions together. */
export interface QueueBudget {
  used: number
  readonly limit: number
}

export interface SessionSetup {
  readonly id: string
  readonly channel: string | undefined
  /** Of one that follows more than one for as long as it lasts. */
  readonly channels?: readonly string[]
  readonly client: Client
  /** When it ends by itself, on the monotonic clock. */
  readonly deadline: number
  readonly deadlineCode: CloseCode
  readonly connectedAt: number
  readonly wire: Wire
  readonly sink: Sink
  readonly limits: { readonly queuedBytes: number; readonly stallMs: number; readonly heartbeatMs: number }
  readonly budget: QueueBudget
  /** Called when the server decides to end it, before the client has read what it is due. */
  readonly onEnding?: () => void
  /** Called once, however it ends. */
  readonly onClosed: (session: Session, why: CloseReason) => void
}

export type CloseReason = 'ended' | 'left' | 'cut' | 'slow consumer' | 'stalled' | 'gone' | 'failed'
