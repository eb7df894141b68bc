/** Where a server stands when something happens: what it does with Redis, and with those who ask it for something. */
export const standings = ['idle', 'joining', 'live', 'catching up', 'cut off', 'draining'] as const

export type Standing = (typeof standings)[number]

/** Everything that can go wrong in a run, or is done in it. */
export const serverFaults = [
  'message link killed',
  'command link killed',
  'all links killed',
  'output buffer overflows',
  'message lost',
  'Redis hangs',
  'unreachable for a while',
  'links go dead',
  'crash with everything',
  'crash with a snapshot',
  'crash with nothing',
  'failover',
  'failover to an older replica',
  'replica answers',
  'flushed',
  'hash deleted',
  'stream deleted',
  'entry deleted',
  'history trimmed',
  'scripts forgotten',
  'out of memory',
  'server killed',
  'server drained',
  'server started',
  'client cut by error',
  'client cut by end',
  'client cut in silence',
  'reader left',
  'reader came',
  'slow consumer',
  'published again',
] as const

export type ServerFault = (typeof serverFaults)[number]

/** Cells that cannot occur, and why. */
const impossible: Readonly<Record<string, string>> = {
  'server drained × draining': 'it drains once',
  'slow consumer × idle': 'what a client reads is followed',
}

export function serverCell(fault: ServerFault, standing: Standing): string {
  return `${fault} × ${standing}`
}

/** Cells that can occur and did not, and cells that were said to be impossible and did. */
export function findServerHoles(counts: Readonly<Record<string, number>>): string[] {
  const cells = serverFaults.flatMap((fault) => standings.map((standing) => serverCell(fault, standing)))
  return cells.flatMap((name) => {
    const why = impossible[name]
    if ((counts[name] ?? 0) > 0) return why === undefined ? [] : [`${name} occurred, although ${why}`]
    return why === undefined ? [`${name} never occurred`] : []
  })
}

/** A row for each fault, a column for each standing; `·` stands for what cannot be. */
export function formatServerCoverage(counts: Readonly<Record<string, number>>): string {
  const row = (name: string, columns: readonly string[]) =>
    name.padEnd(30) + columns.map((column) => column.padStart(13)).join('')
  const rows = serverFaults.map((fault) =>
    row(
      fault,
      standings.map((standing) => {
        const name = serverCell(fault, standing)
        return impossible[name] === undefined ? String(counts[name] ?? 0) : '·'
      }),
    ),
  )
  return [row('fault × server', standings), ...rows].join('\n')
}
