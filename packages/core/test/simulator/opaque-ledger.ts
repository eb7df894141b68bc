import type { Ledger, Witness } from './ledger.ts'

/** Every event once and in order from the first one on: the server replays all that was missed, so there is no gap. */
export function createOpaqueLedger({ log, repeats, fail }: Witness): Ledger {
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
    read({ entry }) {
      if (entry) last ??= entry.number - 1
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
    gap: ({ kind }) => fail(`a gap of kind ${kind}, although the server replays everything`),
    get id() {
      return id
    },
    // A client that has seen no event yet has no place from which it could miss any.
    isComplete: () => last === undefined || last === log.entries.length,
  }
}
