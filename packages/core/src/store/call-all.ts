/**
 * Calls the handlers of this name. @returns a promise where one of them did, so that the stream waits for the slowest, or
 * where one threw: the others have been called all the same, and the stream reports what was thrown.
 */
export function callAll(all: readonly (object | undefined)[], name: string, args: readonly unknown[]): unknown {
  const answers = all.map((each) => {
    // Whoever names a handler passes its arguments.
    const handlers = each as
      Readonly<Record<string, ((...args: readonly unknown[]) => unknown) | undefined>> | undefined
    const handler = handlers?.[name] ?? (name === 'onInvalid' ? handlers?.['onError'] : undefined)
    try {
      return handler?.(...args)
    } catch (error) {
      return Promise.reject(error)
    }
  })
  return answers.some((answer) => Object(answer).then) ? Promise.all(answers) : undefined
}
