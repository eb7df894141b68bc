/** What one variant was shown, and what came of it. */
export interface Counts {
  readonly impressions: number
  readonly clicks: number
  readonly conversions: number
  /** In euros. */
  readonly spend: number
  /** In euros. */
  readonly revenue: number
}

/** One entry of the log: what a variant got within one tick of the traffic. */
export interface LogLine extends Counts {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly variant: string
}

/** Everything that is told of a campaign is computed from this and nothing else. */
export interface ClickLog {
  append(lines: readonly LogLine[]): void
  /** Takes over the totals of a log that began earlier. */
  adopt(totals: Readonly<Record<string, Counts>>): void
  /** All lines since the campaign began, added up by variant. */
  totals(): ReadonlyMap<string, Counts>
  /** What {@link totals} are once these lines have been appended. */
  totalsWith(lines: readonly LogLine[]): ReadonlyMap<string, Counts>
  /** All variants together, over the lines that are younger than this. */
  since(at: number): Counts
  /** The youngest lines, the oldest of them first. */
  recent(): readonly LogLine[]
}

/** Lines kept one by one: some ten minutes of two variants at four ticks a second. */
const keptLines = 5000

export const nothing: Counts = { impressions: 0, clicks: 0, conversions: 0, spend: 0, revenue: 0 }

export function createClickLog(): ClickLog {
  let lines: LogLine[] = []
  const totals = new Map<string, Counts>()

  return {
    append(added) {
      addLines(totals, added)
      lines.push(...added)
      if (lines.length > keptLines * 1.2) lines = lines.slice(-keptLines)
    },
    adopt(known) {
      totals.clear()
      for (const [variant, counts] of Object.entries(known)) totals.set(variant, counts)
    },
    totals: () => totals,
    totalsWith: (added) => addLines(new Map(totals), added),
    since: (at) => lines.filter((line) => line.at > at).reduce<Counts>(addCounts, nothing),
    recent: () => lines,
  }
}

function addLines(totals: Map<string, Counts>, lines: readonly LogLine[]): Map<string, Counts> {
  for (const line of lines) totals.set(line.variant, addCounts(totals.get(line.variant) ?? nothing, line))
  return totals
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    impressions: a.impressions + b.impressions,
    clicks: a.clicks + b.clicks,
    conversions: a.conversions + b.conversions,
    spend: a.spend + b.spend,
    revenue: a.revenue + b.revenue,
  }
}
