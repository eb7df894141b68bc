import { consoleLogger } from '../console-logger.ts'
import type { Logger } from '@steadystream/server'

export interface LogLine {
  /** 1, 2, 3 …, through all restarts. */
  readonly n: number
  readonly text: string
}

/** The last lines of the server's log, kept by the process. */
export interface RecentLog {
  /** Writes to it. */
  readonly logger: Logger
  /** The lines after this one, the oldest first. */
  after(n: number): readonly LogLine[]
}

const keptLines = 200
/** Characters of one. */
const maxLength = 300

export function createRecentLog(): RecentLog {
  const lines: LogLine[] = []
  let n = 0
  const logger = consoleLogger((text) => {
    lines.push({ n: ++n, text: text.slice(0, maxLength) })
    if (lines.length > keptLines) lines.shift()
  })
  return { logger, after: (last) => lines.filter((line) => line.n > last) }
}

/** Tells both. */
export function joinLoggers(first: Logger, second: Logger): Logger {
  const both =
    (level: keyof Logger): Logger['info'] =>
    (fields, message) => {
      first[level](fields, message)
      second[level](fields, message)
    }
  return { debug: both('debug'), info: both('info'), warn: both('warn'), error: both('error') }
}
