/** The fields of whatever was sent, to be checked one by one: none of `null`, and those of a string are no harm. */
// The type is the server's word, which is what the checks below are for.
export const fieldsOf = <Event>(event: Event): NonNullable<Event> => Object(event) as NonNullable<Event>

export const isString = (value: unknown): value is string => typeof value === 'string'

export const areStrings = (...values: readonly unknown[]): boolean => values.every(isString)

/** A finite one: JSON's `1e999` is none. */
export const isNumber = (value: unknown): value is number => Number.isFinite(value)

/** Whether it is an object, and everything in it a number. */
export const areNumbers = (value: unknown): boolean =>
  typeof value === 'object' && !!value && !Array.isArray(value) && Object.values(value).every(isNumber)

/** Whether these of its fields are numbers. */
export const hasNumbers = <T>(value: T, ...names: readonly (keyof NonNullable<T>)[]): boolean =>
  names.every((name) => isNumber(fieldsOf(value)[name]))

/** Measured shares may be off by a rounding error. */
export const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), most)
