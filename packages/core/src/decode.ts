import { toStreamError } from './errors.ts'

import type { StreamError } from './errors.ts'
import type { RawEvent } from './handlers.ts'
import type { SubscriberOptions } from './options.ts'

/** The data of an event, or why there is none. */
export type Decoded<T> =
  { readonly data: T; readonly error?: undefined } | { readonly data?: undefined; readonly error: StreamError }

export function decode<T>(event: RawEvent, parse: SubscriberOptions<T>['parse'] = 'json'): Decoded<T> {
  try {
    // What the server sends is of type T by the user's word alone.
    return {
      data:
        typeof parse === 'function'
          ? parse(event.data, event)
          : ((parse === 'text' ? event.data : JSON.parse(event.data)) as T),
    }
  } catch (error) {
    return { error: toStreamError(error, 'PARSE', `skipped event ${event.id} (${event.data.slice(0, 80)})`) }
  }
}
