import { maxTimerMs } from './env.ts'
import { handlerNames } from './handlers.ts'
import { connectionDefaults } from './options.ts'

/** Least and most of the numbers; those of `connectionDefaults` that are not here are milliseconds that fit a timer. */
const bounds: Readonly<Record<string, readonly [number, number]>> = {
  maxRetries: [0, Infinity],
  jitter: [0, 1],
  maxRetryDelay: [1, maxTimerMs],
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
  headers: 'object function',
  body: 'string object function null',
  baseUrl: 'string object',
  parse: 'function "json" "text"',
  from: '"now" "start"',
  credentials: '"omit" "same-origin" "include"',
  resumeWith: 'object "header"',
}

/** Functions that an object has to have. */
const methods: Readonly<Record<string, string>> = {
  persist: 'get set',
  signal: 'addEventListener removeEventListener',
  clock: 'now wallNow random after',
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
    if (Object.hasOwn(types, name)) {
      checkType(name, value, types[name])
      checkParts(name, value)
    } else if (Object.hasOwn(connectionDefaults, name) || Object.hasOwn(bounds, name)) checkNumber(name, value)
    else throw new TypeError(`unknown option ${name}; known are ${known().join(', ')}`)
  }
}

const known = () => Object.keys({ ...connectionDefaults, ...bounds, ...types })

function checkParts(name: string, value: unknown): void {
  // Its type has been checked; any property of it may be read.
  const parts = value as Readonly<Record<string, unknown>>
  for (const part of methods[name]?.split(' ') ?? []) checkType(`${name}.${part}`, parts[part], 'function')
  if (name === 'resumeWith' && typeof value === 'object') checkType('resumeWith.query', parts['query'], 'string')
  if (name !== 'headers' || typeof value === 'function') return
  try {
    new Headers(value as HeadersInit) // the constructor is the check
  } catch (error) {
    throw new TypeError(`headers must be valid HTTP headers: ${String(error)}`, { cause: error })
  }
}

/** @throws {TypeError} for an unknown handler or one that is no function. */
export function validateHandlers(handlers: object): void {
  for (const [name, value] of Object.entries(handlers)) {
    if (value === undefined) continue
    if (name !== 'events' && !handlerNames.includes(name as never)) throw new TypeError(`unknown handler ${name}`)
    checkType(name, value, name === 'events' ? 'object' : 'function')
    if (name !== 'events') continue
    for (const [event, handler] of Object.entries(value)) checkType(`events.${event}`, handler, 'function undefined')
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
  const shown =
    typeof value === 'string'
      ? JSON.stringify(value.slice(0, 80))
      : typeof value === 'object' && value
        ? 'an object'
        : String(value)
  const isExpected = expected.split(' ').some((type) => type === typeof value || type === shown)
  if (!isExpected || (value === null && !expected.includes('null')))
    throw new TypeError(`${name} must be ${expected.replaceAll(' ', ' or ')}, got ${shown}`)
}
