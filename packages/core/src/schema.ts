import { toStreamError } from './errors.ts'

import type { StreamError } from './errors.ts'
import type { EventMeta } from './handlers.ts'

type Result<T> = { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

interface Issue {
  readonly message: string
  readonly path?: Path | undefined
}

type Path = readonly (PropertyKey | { readonly key: PropertyKey })[]

/**
 * What validates data and gives it its type: anything that speaks Standard Schema (https://standardschema.dev), as the
 * schemas of zod, valibot and arktype do.
 */
export interface Schema<T> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (
      value: unknown,
      options?: { readonly libraryOptions?: Record<string, unknown> | undefined },
    ) => Result<T> | Promise<Result<T>>
    readonly types?: { readonly input: unknown; readonly output: T } | undefined
  }
}

/** A schema that may know the data by event name besides, as what `eventSchemas` makes does. */
export interface EventSchema<T, Events> extends Schema<T> {
  /** For the type alone. */
  readonly '~events'?: Events | undefined
}

/** What became of data: as the schema returned it, or why it cannot be used. */
export type Checked<T> =
  { readonly value: T; readonly error?: undefined } | { readonly error: StreamError; readonly value?: undefined }

/**
 * Asks a schema about data; never rejects. To keep events in order, wait for it before the next, and look then whether
 * anybody still wants the outcome.
 */
export async function checkSchema<T>(schema: Schema<T>, data: unknown, meta: EventMeta): Promise<Checked<T>> {
  const fail = (thrown: unknown) => ({ error: toStreamError(thrown, 'SCHEMA', `skipped event ${meta.id}`) })
  try {
    // An interface has no index signature, which the standard asks for.
    const result = await schema['~standard'].validate(data, { libraryOptions: meta as never })
    const { issues } = result
    if (!issues) return result
    // There is one, or it fails by that; the first is enough, and validators do not name the place in their messages.
    const [{ path = [], message }] = issues as readonly [Issue]
    // Each part of a path is a key, or holds one, and all of them are to be read.
    const places = path.map((part) => (part as { readonly key?: string }).key ?? (part as string))
    return fail({ message: [...places, message].join(': ') })
  } catch (thrown) {
    return fail(thrown)
  }
}
