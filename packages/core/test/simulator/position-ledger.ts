import { parsePosition } from '@steadystream/core/protocol'

import { complainOfDrop } from './dropped.ts'
import { gapKey } from './opening.ts'

import type { Ledger, Witness } from './ledger.ts'

/** Every event once and in order, and exactly what the server could not supply, or a full buffer dropped, in gaps. */
export function createPositionLedger(witness: Witness): Ledger {
  const { log, honestGaps, fromStart, fail } = witness
  let at = ''
  /** Events were read that may not have been given yet: a place that is told now is not where they begin. */
  let hasRead = false

  function lost(from: string | undefined, to: string | undefined): void {
    if (!honestGaps.has(gapKey(from, to))) fail(`a gap from ${from} to ${to}, which the server could have supplied`)
  }

  function dropped(to: string | undefined): void {
    const complaint = complainOfDrop(witness, log.countAt(at) ?? 0, log.countAt(to ?? '') ?? 0)
    if (complaint !== undefined) fail(complaint)
  }

  return {
    begin(cursor) {
      at = cursor.id
      hasRead = false
    },
    placed(id) {
      // From the start, whatever comes before another place has to be declared.
      const isLater = fromStart && parsePosition(id)?.offset
      if (at === '' && !hasRead && !isLater) at = id
    },
    read: () => void (hasRead = true),
    event(number, id) {
      const entry = log.byId(id)
      const last = parsePosition(at)
      if (entry?.number !== number) fail(`#${number} came with the id ${id} of #${entry?.number}`)
      // A poll from the start tells of the first event and not of the place before it.
      const isStart = at === '' && fromStart && entry?.offset === 1
      if (!last && !isStart) fail(`#${number} came before the connection had a place`)
      if (last && (last.epoch !== entry?.epoch || last.offset + 1 !== entry.offset)) fail(`${id} came after ${at}`)
      at = id
    },
    gap({ kind, from, to }) {
      if ((from ?? '') !== at) fail(`a gap from ${from} came after ${at}`)
      if (kind === 'unknown') fail('a gap of unknown size where positions tell what was lost')
      else if (kind === 'lost') lost(from, to)
      else dropped(to)
      at = to ?? at
    },
    get id() {
      return at
    },
    isComplete: () => log.countAt(at) === log.entries.length,
  }
}
