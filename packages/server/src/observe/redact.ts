const removed = '[redacted]'
// Deeper than anything that is logged here; it also ends cycles.
const maxDepth = 6
const maxLength = 8192

const secretNames = 'authorization|cookie|set-cookie|password|passwd|secret|ticket|jwt|api[-_]?key|[a-z_-]*token'
const secretField = new RegExp(`^(?:${secretNames})$`, 'i')
const bearer = /\b(bearer[ .]+)[\w~+/.=-]+/gi
const jsonWebToken = /\beyJ[\w-]{4,}\.[\w-]+\.[\w-]*/g
// Control and format characters (line ends, escape sequences, text direction), lone surrogates, line separators.
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
const unsafeButLineEnds = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** What may stand in a log of what is to be logged. */
export interface Redactor {
  /** The same value where nothing has to change, else a copy. Errors stay errors of their class. */
  value(value: unknown): unknown
}

/** @param queryNames query parameters that hold secrets, beside the usual ones. */
export function createRedactor(queryNames: readonly string[] = []): Redactor {
  const names = [secretNames, 'userid', 'sig', 'signature', ...queryNames.map((name) => escapePattern(name))].join('|')
  const query = new RegExp(`([?&](?:${names})=)[^&#\\s"']*`, 'gi')

  function hide(text: string): string {
    const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
    return short.replace(query, `$1${removed}`).replace(bearer, `$1${removed}`).replace(jsonWebToken, removed)
  }

  const line = (text: string): string => hide(text).replace(unsafe, escapeCharacter)

  function clean(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return line(value)
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Error) return depth < maxDepth ? cleanError(value, depth) : '[too deep]'
    if (!Array.isArray(value) && !isPlain(value)) return value
    if (depth >= maxDepth) return '[too deep]'
    if (Array.isArray(value)) {
      const parts = value.map((part) => clean(part, depth + 1))
      return parts.every((part, index) => part === value[index]) ? value : parts
    }
    const entries = Object.entries(value)
    const cleaned = entries.map(([name, field]) => [line(name), cleanField(name, field, depth)] as const)
    return cleaned.every(([name, field], index) => entries[index]?.[0] === name && entries[index]?.[1] === field)
      ? value
      : Object.fromEntries(cleaned)
  }

  function cleanField(name: string, field: unknown, depth: number): unknown {
    return secretField.test(name) && field !== undefined ? removed : clean(field, depth + 1)
  }

  function cleanError(error: Error, depth: number): Error {
    const message = line(error.message)
    const { stack } = error
    // Line ends are what a stack is made of, but those of the message are not to look like its lines.
    const frames = stack?.replace(error.message, () => message)
    const shown: Record<string, unknown> = {
      message,
      stack: frames && hide(frames).replace(unsafeButLineEnds, escapeCharacter),
    }
    for (const name of Object.getOwnPropertyNames(error)) {
      if (name !== 'message' && name !== 'stack') shown[name] = cleanField(name, Reflect.get(error, name), depth)
    }
    if (Object.entries(shown).every(([name, field]) => field === Reflect.get(error, name))) return error
    // Of the same class, so that loggers know it for an error; its prototype is one by what it was made from.
    const copy = Object.create(Object.getPrototypeOf(error) as Error) as Error
    for (const [name, field] of Object.entries(shown)) {
      const enumerable = Object.prototype.propertyIsEnumerable.call(error, name)
      Object.defineProperty(copy, name, { value: field, enumerable, configurable: true, writable: true })
    }
    return copy
  }

  return { value: (value) => clean(value, 0) }
}

function escapeCharacter(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
