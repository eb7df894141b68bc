import { sleep } from './env.ts'

/** What {@link within} gives where the time was over first. */
export const overdue = Symbol('overdue')

/** What a function of the user's answers, if it does so in time. One that answers at once costs no timer. */
export async function within<T>(ms: number, answer: T): Promise<Awaited<T> | typeof overdue> {
  const isPending = typeof answer === 'object' && answer !== null && 'then' in answer
  if (!isPending) return await answer
  const answered = new AbortController()
  try {
    return await Promise.race([Promise.resolve(answer), sleep(ms, answered.signal).then((): typeof overdue => overdue)])
  } finally {
    answered.abort()
  }
}
