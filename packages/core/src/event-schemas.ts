import type { EventMeta } from './handlers.ts'
import type { EventSchema, Schema } from './schema.ts'

/**
 * A schema for streams whose events have one of their own each: `eventSchemas({ progress, alert })`. It is chosen by the
 * SSE event name, else by the data's `type`; an event of any other name is invalid.
 */
export function eventSchemas<Events>(schemas: {
  readonly [Name in keyof Events]: Schema<Events[Name]>
}): EventSchema<Events[keyof Events], Events> {
  // By whatever name the server says.
  const known = schemas as Readonly<Record<string, Schema<Events[keyof Events]>>>
  const of = (name: unknown) => (typeof name === 'string' && Object.hasOwn(known, name) ? known[name] : undefined)
  return {
    '~standard': {
      version: 1,
      vendor: 'steadystream',
      validate(data, options) {
        // The stream says by it which event this is; another caller may not.
        const meta = options?.libraryOptions as Partial<EventMeta> | undefined
        const type: unknown = Object(data).type
        const schema = of(meta?.type) ?? of(type)
        if (schema) return schema['~standard'].validate(data, options)
        return { issues: [{ message: `no schema for the event ${String(meta?.type ?? type)}` }] }
      },
    },
  }
}
