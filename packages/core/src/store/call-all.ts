import { guard } from '../subscription.ts'

/** Calls the handlers of this name. @returns a promise where one of them did, so that the stream waits for the slowest. */
export function callAll(all: readonly (object | undefined)[], name: string, args: readonly unknown[]): unknown {
  const answers = all.flatMap((each) => {
    // Whoever names a handler passes its arguments.
    const handlers = each as
      Readonly<Record<string, ((...args: readonly unknown[]) => unknown) | undefined>> | undefined
    const handler = handlers?.[name] ?? (name === 'onInvalid' ? handlers?.['onError'] : undefined)
    return guard(() => handler?.(...args)) ?? []
  })
  return answers.length ? Promise.all(answers) : undefined
}
