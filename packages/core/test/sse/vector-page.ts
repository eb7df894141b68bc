import type * as Core from '../../src/index.ts'
import type { SeenEvent } from './outcome.ts'

declare global {
  interface Window {
    /** The core client, bundled into the page. */
    steadystream: typeof Core
  }
}

export interface VectorTask {
  readonly url: string
  /** Names to listen for: an `EventSource` tells of no others. */
  readonly types: readonly string[]
  /** Whether to wait for the second request; not where the vector asks for a long wait. */
  readonly reconnects: boolean
}

// These functions run in the page: they see nothing of this file.

/** Receives each vector by the browser's own `EventSource`. */
export function receiveNatively(tasks: readonly VectorTask[]): Promise<SeenEvent[][]> {
  const receive = ({ url, types, reconnects }: VectorTask) =>
    new Promise<SeenEvent[]>((resolve) => {
      const events: SeenEvent[] = []
      const source = new EventSource(url)
      const onEvent = (event: Event) => {
        // A server may name its events error and open, too.
        if (event instanceof MessageEvent)
          events.push({ type: event.type, data: String(event.data), id: event.lastEventId })
        else if (event.type === 'error' && (!reconnects || source.readyState === EventSource.CLOSED)) {
          source.close()
          resolve(events)
        }
      }
      for (const type of new Set(['message', 'error', ...types])) source.addEventListener(type, onEvent)
    })
  return Promise.all(tasks.map(receive))
}

/** Receives each vector by the client of this package, with the last event ID that it has at the end. */
export function receiveWithCore(
  tasks: readonly VectorTask[],
): Promise<{ readonly events: SeenEvent[]; readonly lastEventId: string }[]> {
  const receive = ({ url }: VectorTask) =>
    new Promise<{ events: SeenEvent[]; lastEventId: string }>((resolve, reject) => {
      const events: SeenEvent[] = []
      const stream: Core.Stream<string> = window.steadystream.createEnhancedSSEStream<string>(
        url,
        {
          onData: (data, { type, id }) => void events.push({ type, data, id }),
          onError: (error) => (error.willRetry ? undefined : reject(error)),
          onComplete: () => resolve({ events, lastEventId: stream.lastEventId }),
        },
        { parse: 'text', retryDelay: 1, minRetryDelay: 1, maxRetryDelay: 10, pool: false },
      )
    })
  return Promise.all(tasks.map(receive))
}
