import { maxTimerMs } from './env.ts'
import { handlerNames } from './handlers.ts'

type Check = (name: string, value: unknown) => void

/** Throws unless `value` is a number between the two bounds. */
const number =
  (least: number, most: number, unit: string): Check =>
  (name, value) => {
    const expected = `${name} must be a number${unit} from ${least} to ${most}`
    if (typeof value !== 'number') throw new TypeError(`${expected}, got ${show(value)}`)
    if (!(value >= least && value <= most)) throw new RangeError(`${expected}, got ${value}`)
  }

const milliseconds = number(0, maxTimerMs, ' of milliseconds')

const kind =
  (expected: string, accepts: (value: unknown) => boolean): Check =>
  (name, value) => {
    if (!accepts(value)) throw new TypeError(`${name} must be ${expected}, got ${show(value)}`)
  }

const typed = (type: string) => kind(`a ${type}`, (value) => typeof value === type)
const oneOf = (...values: string[]) =>
  kind(values.map((value) => `'${value}'`).join(' or '), (value) => values.includes(String(value)))
const hasMethods = (expected: string, ...methods: string[]) =>
  kind(expected, (value) => isObject(value) && methods.every((method) => typeof value[method] === 'function'))
const anything: Check = () => {}

const text = typed('string')
const flag = typed('boolean')
const func = typed('function')

const checks: Readonly<Record<string, Check>> = {
  maxRetries: number(0, Infinity, ''),
  retryDelay: milliseconds,
  maxRetryDelay: milliseconds,
  minRetryDelay: milliseconds,
  jitter: number(0, 1, ''),
  timeout: milliseconds,
  firstByteTimeout: milliseconds,
  linger: milliseconds,
  // Twice the interval has to fit a timer.
  heartbeatInterval: number(0, Math.floor(maxTimerMs / 2), ' of milliseconds'),
  maxEventSize: number(1, 2 ** 29, ' of characters'),
  maxBufferedEvents: number(1, Infinity, ''),
  maxBufferedSize: number(1, Infinity, ' of characters'),
  shouldRetry: func,
  isComplete: func,
  fetch: func,
  retryUnsafe: flag,
  reconnectOnClose: flag,
  autoStart: flag,
  pool: flag,
  id: text,
  poolKey: text,
  method: text,
  lastEventId: kind('a string without CR, LF or NUL', (value) => typeof value === 'string' && !/[\r\n\0]/.test(value)),
  from: oneOf('now', 'start'),
  credentials: oneOf('omit', 'same-origin', 'include'),
  parse: kind(
    `'json', 'text' or a function`,
    (value) => value === 'json' || value === 'text' || typeof value === 'function',
  ),
  schema: kind('a Standard Schema', (value) => isObject(value) || typeof value === 'function'),
  persist: hasMethods('an object with get and set functions', 'get', 'set'),
  signal: hasMethods('an AbortSignal', 'addEventListener'),
  clock: hasMethods('a Clock', 'now', 'wallNow', 'random', 'after'),
  resumeWith: kind(
    `'header' or { query: name }`,
    (value) => value === 'header' || (isObject(value) && typeof value['query'] === 'string'),
  ),
  baseUrl: kind('a string or URL', (value) => typeof value === 'string' || value instanceof URL),
  headers: (name, value) => {
    if (typeof value === 'function') return
    try {
      new Headers(value as HeadersInit) // the constructor is the check
    } catch (error) {
      throw new TypeError(`${name} must be valid HTTP headers`, { cause: error })
    }
  },
  body: anything,
}

/**
 * Checks every option that is set, at creation: a wrong one would otherwise show as a stream that never connects.
 * @throws {TypeError} for an unknown option or a value of the wrong type.
 * @throws {RangeError} for a number out of bounds, NaN included.
 */
export function validateConfig(config: object): void {
  for (const [name, value] of Object.entries(config)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (!check) throw new TypeError(`unknown option ${name}; known are ${Object.keys(checks).join(', ')}`)
    if (value !== undefined) check(name, value)
  }
}

/** @throws {TypeError} for an unknown handler or one that is no function. */
export function validateHandlers(handlers: object): void {
  for (const [name, value] of Object.entries(handlers)) {
    if (value === undefined) continue
    if (name === 'events') validateFunctions('events.', value)
    else if (!handlerNames.includes(name as never))
      throw new TypeError(`unknown handler ${name}; known are ${handlerNames.join(', ')}, events`)
    else func(name, value)
  }
}

function validateFunctions(prefix: string, handlers: object): void {
  for (const [name, value] of Object.entries(handlers)) if (value !== undefined) func(prefix + name, value)
}

// The caller has checked that it is neither null nor a primitive; any of its properties may be read.
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : isObject(value) ? 'an object' : String(value)
}
