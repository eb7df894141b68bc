import type { EventLine } from './event-line.ts'

export type Line = Pick<EventLine, 'tone' | 'what' | 'more'>

export interface LineLog {
  add(line: Line): void
  /** The newest first. A new array whenever there is another line. */
  readonly lines: readonly EventLine[]
}

const keptLines = 100

/** What happened to a link, the last of it. */
export function createLineLog(changed: () => void): LineLog {
  let lines: readonly EventLine[] = []
  let keys = 0
  return {
    add(line) {
      lines = [{ ...line, key: keys++, at: new Date() }, ...lines].slice(0, keptLines)
      changed()
    },
    get lines() {
      return lines
    },
  }
}
