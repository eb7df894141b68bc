export interface FigureProps {
  readonly id: string
  readonly name: string
  readonly value: number | undefined
  readonly change?: number | undefined
  readonly format: (value: number) => string
}

/** A large figure, and below it what it has changed by. The raw number stands beside it for who reads the page by program. */
export function Figure({ id, name, value, change, format }: FigureProps) {
  const sign = change === undefined || change === 0 ? '' : change > 0 ? '+' : '−'
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd data-fact={id} data-value={value}>
        {value === undefined ? '–' : format(value)}
      </dd>
      <dd className="change" data-sign={sign}>
        {sign === '' ? ' ' : `${sign}${format(Math.abs(change ?? 0))}`}
      </dd>
    </div>
  )
}
