import { isoTime } from '../env.ts'

/** An event's own fields: those that its factory does not fill in. */
export type FieldsOf<Event> = Event extends unknown ? Omit<Event, 'type' | 'timestamp'> : never

/** Puts type and time to the fields of an event. */
export const createEvent = <Type extends string, Fields extends object>(
  type: Type,
  fields: Fields,
  timestamp: string = isoTime(),
): Fields & { readonly type: Type; readonly timestamp: string } => ({ ...fields, type, timestamp })
