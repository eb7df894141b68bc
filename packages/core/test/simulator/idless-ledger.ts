import { complainOfDrop } from './dropped.ts'

import type { Ledger, Witness } from './ledger.ts'

/** Every event of one link once and in order, and an unknown gap wherever the link changed; nowhere else. */
export function createIdlessLedger(witness: Witness): Ledger {
  const { log, linkOf, openLink, fail } = witness
  let last: number | undefined
  let isBroken = false
  let hasDropped = false
  /** How many events there were when the last gap was declared. */
  let declaredUpTo = 0

  function checkDrop(before: number, number: number): void {
    const complaint = complainOfDrop(witness, before, number - 1)
    // What is dropped first on a link has no event before it to count from.
    if (complaint !== undefined && !isBroken) fail(complaint)
  }

  function checkOrder(before: number, number: number): void {
    const isSameLink = linkOf(before) === linkOf(number)
    if (number <= before) fail(`#${number} came after #${before}`)
    if (isSameLink && number !== before + 1 && !hasDropped) fail(`#${number} came after #${before} on one link`)
    if (isSameLink && isBroken) fail(`a gap between #${before} and #${number}, which came on one link`)
    if (!isSameLink && !isBroken) fail(`no gap between #${before} and #${number}, which came on two links`)
    if (hasDropped) checkDrop(before, number)
  }

  return {
    begin(cursor) {
      // A link that is open has declared its gap already; whoever joins now misses nothing before its first event.
      const isPast = openLink() !== undefined && linkOf(cursor.number) !== openLink()
      last = isPast ? undefined : cursor.number || undefined
      isBroken = hasDropped = false
    },
    placed: () => {},
    read: () => {},
    event(number, id) {
      if (id !== '') fail(`#${number} came with the id ${id}, and the server gives none`)
      if (last !== undefined) checkOrder(last, number)
      last = number
      isBroken = hasDropped = false
    },
    gap({ kind, from, to }) {
      if (kind === 'dropped') hasDropped = true
      else if (kind !== 'unknown' || from !== undefined || to !== undefined)
        fail(`a gap of kind ${kind} from ${from} to ${to} without ids`)
      else {
        isBroken = true
        declaredUpTo = log.entries.length
      }
    },
    id: '',
    isComplete: () => last === undefined || Math.max(last, declaredUpTo) === log.entries.length,
  }
}
