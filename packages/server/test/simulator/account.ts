import { formatPosition, parsePosition } from '@steadystream/core/protocol'

import type { Gap } from '@steadystream/core'
import type { Entry } from './redis/truth.ts'
import type { World } from '../../../core/test/simulator/world.ts'
import type { Archive } from './archive.ts'

/** What one reader of a channel was given and told, held against what was there. */
export interface Account {
  readonly given: number
  /** Where it stands, as a position; `''` before the first. */
  readonly at: string
  event(number: number, position: string, before: string): void
  gap(gap: Gap): void
  /** Whether it has this event, or was told of a gap since then, or had not begun. */
  accountsFor(entry: Entry, startedAt: number): boolean
  /** Whether it has everything, or was told of it. */
  isComplete(committed: string): boolean
}

export function createAccount(
  name: string,
  label: string,
  archive: Archive,
  from: 'start' | 'now',
  start: string,
  world: Pick<World, 'now' | 'fail'>,
): Account {
  const seen = new Set<Entry>()
  /** Lives that it was told to have ended. */
  const left = new Set<string>()
  // More than one where a position was given twice, and it is not known yet which of them this is.
  let at: readonly Entry[] = start === '' ? [] : archive.find(label, start)
  let shown = start
  let given = 0
  let begunAt = start === '' ? Infinity : world.now()
  let toldAt = -1
  /** Where nobody can tell that what it had is gone. What it misses then is no fault of anybody. */
  const isUntold = () => at.some((place) => archive.isForgotten(place))
  const fail = (message: string) => world.fail(`${name}: ${message}`)

  return {
    get given() {
      return given
    },
    get at() {
      return shown
    },

    event(number, position, before) {
      given++
      if (begunAt === Infinity) begunAt = world.now()
      const entry = archive.find(label, position).findLast((each) => each.number === number)
      if (!entry) return fail(`#${number} came as ${position}, which it never was`)
      // A life that was over and came back is there anew for who was sent back into it.
      if (seen.has(entry) && !(entry.cameBack && left.has(entry.epoch)))
        return fail(`#${number} came twice, as ${position}`)
      if (shown === '') {
        // Where it began nobody told it but the server.
        const wanted = before === '' ? (from === 'start' ? 0 : entry.offset - 1) : parsePosition(before)?.offset
        if (wanted !== entry.offset - 1) fail(`#${number}, ${position}, came first, after ${before}`)
      } else if (isUntold()) {
        toldAt = world.now()
      } else if (!at.some((place) => place === entry.before)) {
        fail(`#${number}, ${position}, came after ${shown}${at.length > 1 ? ', or another of that place' : ''}`)
      }
      seen.add(entry)
      at = [entry]
      shown = position
    },

    gap({ kind, from, to }) {
      if (begunAt === Infinity) begunAt = world.now()
      toldAt = world.now()
      const end = parsePosition(to ?? '')
      if (kind !== 'lost' || !to || !end) return fail(`a gap of kind ${kind} up to ${to}`)
      if (shown !== '' && from !== shown) fail(`a gap from ${from} came after ${shown}`)
      const begin = parsePosition(from ?? '')
      if (begin && begin.epoch !== end.epoch) left.add(begin.epoch)
      const isSameLife = begin?.epoch === end.epoch
      if (begin && isSameLife && begin.offset >= end.offset) fail(`an empty gap, ${from} to ${to}`)
      const hidden = archive
        .readable(label)
        .filter(({ epoch, offset }) => epoch === end.epoch && offset <= end.offset && !(begin && isSameLife && offset <= begin.offset)) // prettier-ignore
      const [wrong] = hidden.filter(({ cameBack }) => !cameBack)
      if (wrong) fail(`a gap from ${from} to ${to}, although #${wrong.number} at ${wrong.offset} can be read`)
      const life = archive.life(label)
      if (begin && !isSameLife && life && life.epoch === begin.epoch && !life.cameBack)
        fail(`a gap from ${from} to ${to}, although that life goes on`)
      const places = archive.find(label, to)
      if (places.length === 0) fail(`a gap up to ${to}, which nothing was ever at`)
      const own = at
      if (
        isSameLife &&
        own.length > 0 &&
        !isUntold() &&
        places.every((place) => !own.some((each) => isBefore(each, place)))
      )
        fail(`a gap from ${from} to ${to}, which is another history`)
      at = places
      shown = to
    },

    accountsFor: (entry, startedAt) => isUntold() || startedAt < begunAt || toldAt > startedAt || seen.has(entry),

    isComplete(committed) {
      const top = archive.top(label)
      if (!top) return false
      if (isUntold()) return true
      return shown === '' ? committed === formatPosition(top) : at.includes(top) && committed === shown
    },
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  for (let entry: Entry | undefined = other; entry; entry = entry.before) if (entry === one) return true
  return false
}
