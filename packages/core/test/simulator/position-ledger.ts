import { parsePosition } from '@steadystream/core/protocol'

import { gapKey } from './server.ts'

import type { Ledger, Witness } from './ledger.ts'

/** Every event once and in order, and exactly what the server could not supply in gaps. */
export function createPositionLedger({ log, honestGaps, fail }: Witness): Ledger {
  let at = ''

  return {
    begin: (cursor) => void (at = cursor.id),
    read({ kind, id }) {
      if (kind === 'connected' && at === '') at = id ?? ''
    },
    event(number, id) {
      const entry = log.byId(id)
      const last = parsePosition(at)
      if (entry?.number !== number) fail(`#${number} came with the id ${id} of #${entry?.number}`)
      if (!last) fail(`#${number} came before the connection had a place`)
      else if (last.epoch !== entry?.epoch || last.offset + 1 !== entry.offset) fail(`${id} came after ${at}`)
      at = id
    },
    gap({ kind, from, to }) {
      if (kind !== 'lost') fail(`a gap of kind ${kind} where positions tell what was lost`)
      if (!honestGaps.has(gapKey(from, to))) fail(`a gap from ${from} to ${to}, which the server could have supplied`)
      if ((from ?? '') !== at) fail(`a gap from ${from} came after ${at}`)
      at = to ?? at
    },
    get id() {
      return at
    },
    isComplete: () => log.countAt(at) === log.entries.length,
  }
}
