import { useState } from 'react'

const points = 48
const width = 120
const height = 28

export interface SparkProps {
  readonly value: number | undefined
  /** Another object for each reading, also where the value is the same. */
  readonly tick: unknown
}

/** The last readings as a line. The figure beside it says what there is to say. */
export function Spark({ value, tick }: SparkProps) {
  const [seen, setSeen] = useState<{ readonly tick: unknown; readonly values: readonly number[] }>({
    tick: undefined,
    values: [],
  })
  // A reading belongs to this render, and not to the one after.
  if (tick !== seen.tick && value !== undefined) setSeen({ tick, values: [...seen.values, value].slice(-points) })
  const top = Math.max(1, ...seen.values)
  const line = seen.values
    .map((each, index) => {
      const x = width - ((seen.values.length - 1 - index) * width) / (points - 1)
      return `${x.toFixed(1)},${(height - 2 - (each / top) * (height - 4)).toFixed(1)}`
    })
    .join(' ')
  return (
    <svg className="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={line} />
    </svg>
  )
}
