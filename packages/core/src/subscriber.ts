import type { StreamError } from './errors.ts'
import type { StateChange } from './handlers.ts'
import type { Item } from './receiver.ts'

/** One consumer, as the stream sees it. No method throws; what `push` takes is handled later. */
export interface Subscriber {
  readonly id: string
  /** Whether it wants nothing more to be read. */
  readonly isFull: boolean
  push(item: Item): void
  stateChanged(change: StateChange): void
  failed(error: StreamError): void
}
