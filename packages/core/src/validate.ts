import { maxTimerMs } from './env.ts'
import { handlerNames } from './handlers.ts'
import { connectionDefaults } from './options.ts'

/** Least and most of the numbers; those of `connectionDefaults` that are not here are milliseconds that fit a timer. */
const bounds: Readonly<Record<string, readonly [number, number]>> = {
  maxRetries: [0, Infinity],
  jitter: [0, 1],
  maxEventSize: [1, 2 ** 29],
  maxBufferedEvents: [1, Infinity],
  maxBufferedSize: [1, Infinity],
  // Twice the interval has to fit a timer.
  heartbeatInterval: [0, maxTimerMs >> 1],
}

/** What `typeof` may say of the other options; in quotes, which strings there are. */
const types: Readonly<Record<string, string>> = {
  ...group('boolean', 'retryUnsafe reconnectOnClose autoStart pool'),
  ...group('function', 'shouldRetry isComplete fetch'),
  ...group('string', 'id poolKey method lastEventId'),
  ...group('object', 'persist signal clock'),
  ...group('string object function', 'body headers'),
  baseUrl: 'string object',
  parse: 'function "json" "text"',
  from: '"now" "start"',
  credentials: '"omit" "same-origin" "include"',
  resumeWith: 'object "header"',
}

function group(type: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]))
}

/**
 * Checks every option that is set, at creation: a wrong one would otherwise show as a stream that never connects.
 * @throws {TypeError} for an unknown option or a value of the wrong type.
 * @throws {RangeError} for a number out of bounds, NaN included.
 */
export function validateConfig(config: object): void {
  for (const [name, value] of Object.entries(config)) {
    if (value === undefined) continue
    if (Object.hasOwn(types, name)) checkType(name, value, types[name])
    else if (Object.hasOwn(connectionDefaults, name) || Object.hasOwn(bounds, name)) checkNumber(name, value)
    else throw new TypeError(`unknown option ${name}`)
  }
}

/** @throws {TypeError} for an unknown handler or one that is no function. */
export function validateHandlers(handlers: object): void {
  for (const [name, value] of Object.entries(handlers)) {
    if (name === 'events' && value)
      Object.entries(value).forEach(([event, handler]) => checkType(`events.${event}`, handler, 'function undefined'))
    else if (!handlerNames.includes(name as never)) throw new TypeError(`unknown handler ${name}`)
    else checkType(name, value, 'function undefined')
  }
}

function checkNumber(name: string, value: unknown): void {
  const [least, most] = bounds[name] ?? [0, maxTimerMs]
  checkType(name, value, 'number')
  // The type is checked; NaN fails this comparison, too.
  if (!((value as number) >= least && (value as number) <= most)) {
    throw new RangeError(`${name} must be from ${least} to ${most}, got ${String(value)}`)
  }
}

function checkType(name: string, value: unknown, expected = ''): void {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value)
  const isExpected = expected.split(' ').some((type) => type === typeof value || type === shown)
  if (!isExpected || value === null)
    throw new TypeError(`${name} must be ${expected.replaceAll(' ', ' or ')}, got ${shown}`)
}
