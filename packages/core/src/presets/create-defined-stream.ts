import { StreamError } from '../errors.ts'
import { streamManager } from '../manager.ts'
import { sse } from '../transports/sse.ts'

import type { EnhancedStreamConfig } from '../create-stream.ts'
import type { StreamHandlers } from '../handlers.ts'
import type { Stream } from '../open-stream.ts'
import type { TransportFactory } from '../transports/transport.ts'
import type { StreamDefinition } from './define-stream.ts'

/** A definition, as far as opening takes it. */
type Opened<Params, Event> = Pick<StreamDefinition<Params, Event, unknown>, 'path' | 'isComplete' | 'failure' | 'from'>

/**
 * Opens a defined stream, as `createEnhancedSSEStream` does: it completes and fails where the definition says so. What
 * `config` sets has precedence, and its `isComplete` is asked as well.
 * @throws {TypeError | RangeError} for a wrong option, handler or parameter
 */
export function createDefinedStream<Params, Event>(
  definition: Opened<Params, Event>,
  params: Params,
  handlers: StreamHandlers<Event> = {},
  { manager = streamManager, fallback = [], ...config }: EnhancedStreamConfig<Event> = {},
): Stream<Event> {
  const { path, isComplete, failure, from } = definition
  const transports = [sse(path(params), config), ...fallback]
  return manager.open(failure ? transports.map((each) => failing(each, failure)) : transports, handlers, {
    ...config,
    from: config.from ?? from,
    isComplete: isComplete ? (raw) => !!ask(isComplete, raw.data) || !!config.isComplete?.(raw) : config.isComplete,
  })
}

/** A transport whose link fails after an event that says so. The server is not asked again: it would say the same. */
function failing<Event>(make: TransportFactory, failure: (event: Event) => string | undefined): TransportFactory {
  return (defaults) => {
    const transport = make(defaults)
    return {
      ...transport,
      // An equal stream that does not look for failures would share the link.
      poolKey: undefined,
      connect: (link) =>
        transport.connect({
          ...link,
          event(received) {
            link.event(received)
            const reason = ask(failure, received.data)
            if (reason) link.failed(new StreamError('SERVER_CLOSE', String(reason), { retryable: false }))
          },
        }),
    }
  }
}

/** What a definition says of an event; `undefined` where that cannot be read, or is not what it expects. */
function ask<Event, Answer>(question: (event: Event) => Answer, text: string): Answer | undefined {
  try {
    // Of type `Event` by the server's word.
    return question(JSON.parse(text) as Event)
  } catch {
    return undefined
  }
}
