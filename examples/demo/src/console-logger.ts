import type { Logger } from '@steadystream/server'

/** One line per message: time, what happened, and the fields that go with it. */
export function consoleLogger(print: (line: string) => void = console.log): Logger {
  const line =
    (mark: string) =>
    (fields: object, message: string): void => {
      const time = new Date().toISOString().slice(11, 19)
      print([time, mark, message, ...Object.entries(fields).filter(isKnown).map(shown)].filter(Boolean).join(' '))
    }
  return { debug: () => {}, info: line(''), warn: line('warning:'), error: line('error:') }
}

/** A client of several channels has no channel of its own. */
const isKnown = ([, value]: readonly [string, unknown]) => value !== undefined

function shown([name, value]: readonly [string, unknown]): string {
  if (value instanceof Error) return `${name}=${value.stack ?? value.message}`
  return `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`
}
