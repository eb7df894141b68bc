import type { Ledger, Witness } from './ledger.ts'

/** Every event of one link once and in order, and an unknown gap wherever the link changed; nowhere else. */
export function createIdlessLedger({ log, linkOf, openLink, fail }: Witness): Ledger {
  let last: number | undefined
  let isBroken = false
  /** How many events there were when the last gap was declared. */
  let declaredUpTo = 0

  return {
    begin(cursor) {
      // A link that is open has declared its gap already; whoever joins now misses nothing before its first event.
      const isPast = openLink() !== undefined && linkOf(cursor.number) !== openLink()
      last = isPast ? undefined : cursor.number || undefined
      isBroken = false
    },
    read: () => {},
    event(number, id) {
      if (id !== '') fail(`#${number} came with the id ${id}, and the server gives none`)
      if (last !== undefined) {
        const isSameLink = linkOf(last) === linkOf(number)
        if (number <= last) fail(`#${number} came after #${last}`)
        if (isSameLink && number !== last + 1) fail(`#${number} came after #${last} on one link`)
        if (isSameLink && isBroken) fail(`a gap between #${last} and #${number}, which came on one link`)
        if (!isSameLink && !isBroken) fail(`no gap between #${last} and #${number}, which came on two links`)
      }
      last = number
      isBroken = false
    },
    gap({ kind, from, to }) {
      if (kind !== 'unknown' || from !== undefined || to !== undefined) {
        fail(`a gap of kind ${kind} from ${from} to ${to} without ids`)
      }
      isBroken = true
      declaredUpTo = log.entries.length
    },
    id: '',
    isComplete: () => last === undefined || Math.max(last, declaredUpTo) === log.entries.length,
  }
}
