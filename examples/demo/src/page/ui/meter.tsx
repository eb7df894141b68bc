/** A share of a whole, as a bar that a screen reader can read. */
export function Meter({
  label,
  value,
  max = 100,
}: {
  readonly label: string
  readonly value: number | undefined
  readonly max?: number
}) {
  const part = value === undefined ? 0 : Math.min(1, Math.max(0, value / max))
  return (
    <div
      className="meter"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.round((value ?? 0) * 10) / 10}
    >
      <div style={{ transform: `scaleX(${part})` }} />
    </div>
  )
}
