import { spreadOf } from './spread.ts'

import type { Bench, Measure } from './bench.ts'
import type { Series } from './rounds.ts'

export interface Report {
  readonly text: string
  /** Goals that were missed, each in a line. */
  readonly missed: readonly string[]
}

/** A bench's result: each measure of each contender, and what the first one's are compared with those of its peers. */
export function report({ title, measures }: Bench, series: readonly Series[]): Report {
  const [ours] = series
  if (!ours) throw new RangeError('there is nothing to report')
  const tables = measures.map((measure) => tableOf(measure, ours, series))
  const rounds = ours.samples.length
  return {
    text: [`${title} (${rounds} ${rounds === 1 ? 'round' : 'rounds'})`, ...tables.map(({ text }) => text)].join('\n'),
    missed: tables.flatMap(({ missed }) => missed.map((line) => `${title}: ${line}`)),
  }
}

function tableOf(measure: Measure, ours: Series, series: readonly Series[]): Report {
  const missed: string[] = []
  const rows = series.map((one) => {
    const own = spreadOf(valuesOf(one, measure))
    const cells = [one.name, `${own.median.toFixed(2)} ${measure.unit}`]
    const limit = one === ours ? measure.goal : measure.goals?.[one.name]
    const compared = one === ours || measure.compare === 'none' ? undefined : spreadOf(compare(measure, ours, one))
    if (compared) {
      const { median, lowerQuartile, upperQuartile } = compared
      cells.push(median.toFixed(2), `${lowerQuartile.toFixed(2)} to ${upperQuartile.toFixed(2)}`)
    } else if (one === ours || measure.compare === 'none') {
      cells.push('', `${own.lowerQuartile.toFixed(2)} to ${own.upperQuartile.toFixed(2)}`)
    }
    const judged = one === ours ? own.median : compared?.median
    if (limit !== undefined && judged !== undefined) {
      const isMet = judged <= limit
      cells.push(`at most ${limit}: ${isMet ? 'met' : 'MISSED'}`)
      if (!isMet) missed.push(`${measure.name}, ${one.name}: ${judged.toFixed(2)}, at most ${limit} is the goal`)
    }
    return cells
  })
  const heads = { ratio: 'ratio', difference: 'more by', none: '' }
  const lines = align([[measure.name, 'median', heads[measure.compare], 'quartiles', ''], ...rows])
  return { text: lines.map((line) => `  ${line}`.trimEnd()).join('\n'), missed }
}

/** Ours against a peer's in the same round. */
function compare({ compare: how, ...measure }: Measure, ours: Series, peer: Series): number[] {
  const theirs = valuesOf(peer, measure)
  return valuesOf(ours, measure).map((value, round) => {
    const other = theirs[round] ?? NaN
    return how === 'ratio' ? value / other : value - other
  })
}

function valuesOf({ samples }: Series, { name }: Pick<Measure, 'name'>): number[] {
  return samples.map((sample) => sample[name] ?? NaN)
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
  return rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('   '),
  )
}
