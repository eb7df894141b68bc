import { monotonicMs } from '../env.ts'
import { createRedactor } from './redact.ts'

import type { Logger } from '../logger.ts'

const windowMs = 1000
// Of one message. What floods a log is always the same message, with other fields.
const linesPerWindow = 100

interface Window {
  since: number
  lines: number
  suppressed: number
}

type Level = keyof Logger

/**
 * A logger that may be handed what clients sent: secrets are taken out, control characters escaped, and of a message
 * that comes more often than 100 times a second the rest is left out and counted.
 */
export function guardLogger(logger: Logger, queryNames: readonly string[]): Logger {
  const redactor = createRedactor(queryNames)
  const windows = new Map<string, Window>()

  function write(level: Level, fields: object, message: string): void {
    const window = windows.get(message) ?? { since: -Infinity, lines: 0, suppressed: 0 }
    windows.set(message, window)
    const now = monotonicMs()
    if (now - window.since >= windowMs) {
      window.since = now
      window.lines = 0
    }
    if (++window.lines > linesPerWindow) {
      window.suppressed++
      return
    }
    const { suppressed } = window
    window.suppressed = 0
    // An object comes back where one was given.
    const safe = redactor.value(fields) as object
    // As a method: pino's need their `this`.
    logger[level](suppressed > 0 ? { ...safe, suppressed } : safe, message)
  }

  return {
    debug: (fields, message) => write('debug', fields, message),
    info: (fields, message) => write('info', fields, message),
    warn: (fields, message) => write('warn', fields, message),
    error: (fields, message) => write('error', fields, message),
  }
}
