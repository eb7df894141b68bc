import { keyOfNumber } from './stream-config.ts'

import type { Witness } from './ledger.ts'

/** Whether a full buffer could have dropped the events after `from` up to `to`. @returns what speaks against it */
export function complainOfDrop({ overflow, newest }: Witness, from: number, to: number): string | undefined {
  const what = `events ${from + 1} to ${to} are declared dropped`
  if (overflow !== 'drop-oldest' && overflow !== 'latest-by-key') return `${what}, with the policy ${overflow}`
  if (to <= from) return what
  // The newest is kept, unless the end of the stream came behind it.
  if (newest() < to || (newest() === to && overflow !== 'drop-oldest')) return `${what}, and nothing came after them`
  if (overflow === 'drop-oldest') return undefined
  for (let number = from + 1; number <= to; number++) {
    const hasLater = [1, 2, 3].some(
      (distance) => keyOfNumber(number + distance) === keyOfNumber(number) && number + distance <= newest(),
    )
    if (!hasLater) return `${what}, and #${number} is the latest of its key`
  }
  return undefined
}
