import { StreamError, toStreamError } from './errors.ts'

import type { RawEvent } from './handlers.ts'
import type { SubscriberOptions } from './options.ts'

/** The data of an event, or why there is none. */
export type Decoded<T> = { readonly data: T } | { readonly error: StreamError }

/** Parses and validates. Nothing of it throws or rejects; a promise comes only from a schema that is asynchronous. */
export function decode<T>(
  event: RawEvent,
  { parse = 'json', schema }: SubscriberOptions<T>,
): Decoded<T> | PromiseLike<Decoded<T>> {
  let data: T
  try {
    // What the server sends is of type T by the user's word alone, unless a schema checks it.
    data =
      typeof parse === 'function'
        ? parse(event.data, event)
        : ((parse === 'text' ? event.data : JSON.parse(event.data)) as T)
  } catch (error) {
    return { error: unusable('PARSE', error, event) }
  }
  return schema ? validate(event, data, schema) : { data }
}

function validate<T>(event: RawEvent, data: unknown, schema: NonNullable<SubscriberOptions<T>['schema']>) {
  type Result = Awaited<ReturnType<(typeof schema)['~standard']['validate']>>
  const conclude = (result: Result): Decoded<T> =>
    result.issues
      ? { error: unusable('SCHEMA', result.issues.map(({ message }) => message).join('; '), event) }
      : { data: result.value }
  const fail = (error: unknown): Decoded<T> => ({ error: unusable('SCHEMA', error, event) })
  try {
    const result = schema['~standard'].validate(data)
    return 'then' in result ? result.then(conclude, fail) : conclude(result)
  } catch (error) {
    return fail(error)
  }
}

function unusable(code: 'PARSE' | 'SCHEMA', cause: unknown, { type, id, data }: RawEvent): StreamError {
  const which = `event ${JSON.stringify(type)}${id && ` with id ${JSON.stringify(id)}`}`
  const error = toStreamError(
    cause,
    code,
    `${which} is invalid and has been skipped (${JSON.stringify(data.slice(0, 80))})`,
  )
  error.willRetry = true
  return error
}
