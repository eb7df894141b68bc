import { spreadOf } from './spread.ts'

import type { Bench } from './bench.ts'
import type { Series } from './rounds.ts'

/** A bench's result as text: what the first series took, as a share of what each of the others took in the same round. */
export function formatReport({ title, unit }: Bench, [ours, ...peers]: readonly Series[]): string {
  if (!ours) throw new RangeError('there is nothing to report')
  const width = Math.max(...peers.map(({ name }) => name.length))
  const lines = peers.map(({ name, microsPerUnit }) => {
    const ratios = ours.microsPerUnit.map((micros, round) => micros / (microsPerUnit[round] ?? NaN))
    const { median, lowerQuartile, upperQuartile } = spreadOf(ratios)
    const range = `${lowerQuartile.toFixed(2)} to ${upperQuartile.toFixed(2)}`
    return `  ${name.padEnd(width)}  ${median.toFixed(2).padStart(6)}   ${range}`
  })
  return [
    title,
    `${ours.name}: CPU per ${unit} as a multiple of the peer's, ${ours.microsPerUnit.length} rounds`,
    `  ${''.padEnd(width)}  median   quartiles`,
    ...lines,
  ].join('\n')
}
