/** Where a number may lie, both ends included. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/** The longest time a timer takes; anything over it fires at once. */
export const maxTimerMs = 2 ** 31 - 1

/**
 * The own properties of an options object, of which only `known` ones may exist.
 * @throws {TypeError} if it is no object or holds another name, most likely a misspelt one.
 */
export function readObject(name: string, value: unknown, known: readonly string[]): Record<string, unknown> {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} must be an object, got ${show(value)}`)
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw new TypeError(`${name}.${key} is not an option; known: ${known.join(', ')}`)
  }
  return { ...value }
}

/**
 * @throws {TypeError} if the value is no number, or NaN.
 * @throws {RangeError} if it is not whole or out of bounds.
 */
export function readWhole(name: string, value: unknown, fallback: number, { min, max }: Bounds): number {
  if (value === undefined) return fallback
  if (typeof value !== 'number' || Number.isNaN(value))
    throw new TypeError(`${name} must be a number, got ${show(value)}`)
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, got ${value}`)
  }
  return value
}

/** @throws {TypeError} if the value lacks one of the methods. */
export function checkMethods(name: string, value: unknown, methods: readonly string[]): void {
  const isObject = typeof value === 'object' && value !== null
  const missing = isObject ? methods.filter((method) => typeof Reflect.get(value, method) !== 'function') : methods
  if (missing.length > 0) throw new TypeError(`${name} must have ${missing.join(', ')}, got ${show(value)}`)
}

/** A value as an error message names it: primitives in full, the rest by kind, since it may hold secrets. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
