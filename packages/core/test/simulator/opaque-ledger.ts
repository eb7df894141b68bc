import { complainOfDrop } from './dropped.ts'

import type { Ledger, Witness } from './ledger.ts'

/** Every event once and in order from the first one on: the server replays all that was missed, so nothing is lost. */
export function createOpaqueLedger(witness: Witness): Ledger {
  const { log, repeats, fail } = witness
  let id = ''
  let last: number | undefined
  /** What a resumed stream has seen, it has also forgotten: what waited at close() was dropped and must come again. */
  let isForgetful = false

  return {
    begin(cursor, isResumed) {
      isForgetful = isResumed
      id = cursor.id
      last = cursor.id === '' ? undefined : cursor.number
    },
    placed: () => {},
    read(number) {
      last ??= number - 1
    },
    event(number, eventId) {
      if (log.byId(eventId)?.number !== number) fail(`#${number} came with the id ${eventId}`)
      const expected = (last ?? 0) + 1
      const earliest = isForgetful ? expected - repeats : expected
      if (number > expected || number < earliest) fail(`#${number} came after #${last}`)
      isForgetful = false
      last = number
      id = eventId
    },
    gap({ kind, from, to }) {
      if (kind !== 'dropped') return fail(`a gap of kind ${kind}, although the server replays everything`)
      const end = log.byId(to ?? '')?.number ?? 0
      // What is dropped before the first event that was given may have been had before it was forgotten.
      const complaint = complainOfDrop(witness, isForgetful ? end - 1 : (last ?? 0), end)
      if (complaint !== undefined) fail(complaint)
      if ((from ?? '') !== id) fail(`a gap from ${from} came after ${id}`)
      isForgetful = false
      last = end
      id = to ?? id
    },
    get id() {
      return id
    },
    // A client that has seen no event yet has no place from which it could miss any.
    isComplete: () => last === undefined || last === log.entries.length,
  }
}
