import { maxTimerMs } from './env.ts'
import { handlerNames } from './handlers.ts'

/** What the options of a row take, and their names. Twice the heartbeat's interval has to fit a timer. */
const optionRules = `boolean retryUnsafe reconnectOnClose autoStart pool
string id poolKey method lastEventId
object persist signal clock
function shouldRetry isComplete fetch refreshAuth keyOf tabs
object|function headers schema
string|object|function|null body
string|object baseUrl
function|"json"|"text" parse
"now"|"start" from
"block"|"close-and-resume"|"drop-oldest"|"latest-by-key" overflow
"frame"|number:0..${maxTimerMs} batch
"omit"|"same-origin"|"include" credentials
object|"header" resumeWith
number:0..1 jitter
number:0..Infinity maxRetries
object|"keep" whenHidden
number:1..Infinity maxBufferedEvents maxBufferedSize maxConnectionsPerOrigin
number:1..${2 ** 29} maxEventSize
number:0..${maxTimerMs} retryDelay minRetryDelay timeout firstByteTimeout linger
number:1..${maxTimerMs} maxRetryDelay
number:0..${maxTimerMs >> 1} heartbeatInterval`

/**
 * Checks every option that is set, at creation: a wrong one would otherwise show as a stream that never connects.
 * @throws {TypeError} for an unknown option or a value of the wrong type.
 * @throws {RangeError} for a number out of bounds, NaN included.
 */
export const validateConfig = (config: object): void => checkAll('option', config, optionRules)

/** @throws {TypeError} for an unknown handler or one that is no function. */
export function validateHandlers(handlers: { readonly events?: unknown }): void {
  checkAll('handler', handlers, `function ${handlerNames.join(' ')}\nobject events`)
  for (const [name, value] of Object.entries(handlers.events ?? {}))
    check(`events.${name}`, value, 'function|undefined')
}

function checkAll(kind: string, given: object, rules: string): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const row = rules.split('\n').find((each) => each.split(' ').includes(name, 1))
    if (!row) throw new TypeError(`unknown ${kind} ${name}`)
    check(name, value, row.split(' ', 1)[0])
  }
}

/**
 * @param takes what `typeof` may say, or words in quotes, with `|` between them; `number:0..9` for bounds
 * @throws {TypeError | RangeError} as {@link validateConfig} does
 */
export function check(name: string, value: unknown, takes = ''): void {
  const shown = (typeof value === 'string' ? JSON.stringify(value) : String(value)).slice(0, 80)
  const type = value === null ? shown : typeof value
  const [, least, most] = takes.split(/:|\.\./)
  const isNumber = typeof value === 'number' && least
  // NaN fails these comparisons, too.
  const isRight = isNumber
    ? value >= +least && value <= Number(most)
    : takes.split('|').some((word) => word === type || word === shown)
  if (!isRight)
    throw new (isNumber ? RangeError : TypeError)(`${name} must be ${takes.replace(':', ' ')}, got ${shown}`)
}
