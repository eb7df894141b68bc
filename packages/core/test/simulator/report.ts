import type { Outcome } from './simulate.ts'

const shownLines = 40

/** What a failing run says: the fault, how to see it again, and what came last before it. */
export function report({ seed, failure, lines }: Outcome, args: readonly string[] = []): string {
  const [scenario, ...rest] = lines
  return [
    `seed ${seed}: ${failure ?? 'no failure'}`,
    `replay: npm run simulate -- ${[...args, '--seed', seed].join(' ')} --trace`,
    scenario,
    ...(rest.length > shownLines ? ['   ...'] : []),
    ...rest.slice(-shownLines),
  ].join('\n')
}
