import { autopilot } from './autopilot.ts'
import { createDefinedStream } from './create-defined-stream.ts'

import type { EnhancedStreamConfig } from '../create-stream.ts'
import type { StreamHandlers } from '../handlers.ts'
import type { Stream } from '../open-stream.ts'
import type { AutopilotEvent } from './autopilot.ts'

/**
 * Follows a writing task from its beginning. It completes with the step `done`; the step `error` is delivered, and then
 * ends it with the error `SERVER_CLOSE`, whose message is the task's.
 */
export const createAutopilotStream = (
  taskId: string,
  handlers?: StreamHandlers<AutopilotEvent>,
  config?: EnhancedStreamConfig<AutopilotEvent>,
): Stream<AutopilotEvent> => createDefinedStream(autopilot, { taskId }, handlers, config)
