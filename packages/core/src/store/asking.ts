/**
 * Options whose functions are those that `latest` has when they are called, so that a token which they close over is
 * today's. Other options stay.
 * @param names of the options that this is about
 */
export const asking = <O extends object>(options: O, latest: () => object | undefined, names = /./): O =>
  // Each property is as it was, or a function in the place of one.
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      typeof value === 'function' && names.test(name)
        ? (...args: readonly unknown[]) => {
            const now = ((latest() ?? options) as Readonly<Record<string, unknown>>)[name]
            return typeof now === 'function' ? now(...args) : now
          }
        : value,
    ]),
  ) as O
