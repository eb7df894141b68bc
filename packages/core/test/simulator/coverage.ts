import type { ConnectionState } from '@steadystream/core'

export const states = ['connecting', 'connected', 'retrying', 'disconnected', 'error'] as const

/** Everything that can go wrong in a run, or is done to its stream. */
export const faults = [
  'refused',
  'answer lost',
  'black hole',
  'unavailable',
  'cut by error',
  'cut by end',
  'cut in silence',
  'blocked: refused',
  'blocked: headers held',
  'blocked: body held',
  'blocked: status',
  'blocked: another content type',
  'expired token',
  'history gone',
  'dropped as a slow consumer',
  'server restarts',
  'server drains',
  'tokens expire',
  'machine sleeps',
  'wall clock set',
  'page frozen',
  'page cached',
  'page hidden',
  'offline',
  'full',
  'events dropped',
  'fallback',
  'probe',
  'upgrade',
  'closed',
  'reconnected',
  'joined',
] as const

export type Fault = (typeof faults)[number]

const network: readonly Fault[] = faults.slice(0, faults.indexOf('server restarts'))

/** Cells that cannot occur, and why. */
export const impossible: Readonly<Record<string, string>> = {
  ...never(['disconnected', 'error'], network, 'nothing is dialled there'),
  ...never(['connecting', 'retrying', 'disconnected', 'error'], ['full'], 'only an open link brings events'),
  ...never(['disconnected', 'error'], ['fallback'], 'only a link that failed is left for another transport'),
  ...never(
    ['connecting', 'retrying', 'disconnected', 'error'],
    ['probe', 'upgrade'],
    'it needs an open link beside it',
  ),
  ...never(['error'], ['joined'], 'what gave up is not shared'),
}

function never(where: readonly ConnectionState[], what: readonly Fault[], why: string): Record<string, string> {
  return Object.fromEntries(where.flatMap((state) => what.map((fault) => [cell(state, fault), why])))
}

export function cell(state: ConnectionState, fault: Fault): string {
  return `${state} × ${fault}`
}

/** How often each fault met each state of a stream. */
export interface Coverage {
  /** @param state where it is not the stream's at this moment */
  hit(fault: Fault, state?: ConnectionState): void
  readonly counts: Readonly<Record<string, number>>
}

export function createCoverage(stateNow: () => ConnectionState): Coverage {
  const counts: Record<string, number> = {}
  return {
    counts,
    hit(fault, state = stateNow()) {
      const name = cell(state, fault)
      counts[name] = (counts[name] ?? 0) + 1
    },
  }
}

export function addCounts(total: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count
}

/** Cells that can occur and did not, and cells that were said to be impossible and did. */
export function findHoles(counts: Readonly<Record<string, number>>): string[] {
  const cells = faults.flatMap((fault) => states.map((state) => cell(state, fault)))
  return cells.flatMap((name) => {
    const isHit = (counts[name] ?? 0) > 0
    const why = impossible[name]
    if (isHit) return why === undefined ? [] : [`${name} occurred, although ${why}`]
    return why === undefined ? [`${name} never occurred`] : []
  })
}

/** A row for each fault, a column for each state; `·` stands for what cannot be. */
export function formatCoverage(counts: Readonly<Record<string, number>>): string {
  const width = 13
  const row = (name: string, columns: readonly string[]) =>
    name.padEnd(30) + columns.map((column) => column.padStart(width)).join('')
  const rows = faults.map((fault) =>
    row(
      fault,
      states.map((state) => {
        const name = cell(state, fault)
        return impossible[name] === undefined ? String(counts[name] ?? 0) : '·'
      }),
    ),
  )
  return [row('fault × state', states), ...rows].join('\n')
}
