import { createDefinedStream } from './create-defined-stream.ts'
import { generation } from './generation.ts'

import type { EnhancedStreamConfig } from '../create-stream.ts'
import type { StreamHandlers } from '../handlers.ts'
import type { Stream } from '../open-stream.ts'
import type { GenerationEvent } from './generation.ts'

/**
 * Follows a text that is being written from its beginning. It completes with `done`; an event with an `error` is
 * delivered, and then ends it with the error `SERVER_CLOSE`, whose message that is.
 */
export const createGenerationStream = (
  streamId: string,
  handlers?: StreamHandlers<GenerationEvent>,
  config?: EnhancedStreamConfig<GenerationEvent>,
): Stream<GenerationEvent> => createDefinedStream(generation, { streamId }, handlers, config)
