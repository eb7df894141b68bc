/**
 * A grade from 0 to 100 for a figure that is best within a range, and falls off by a straight line outside of it to 0 at
 * the ends.
 */
export function grade(value: number, [none, from, to, end]: readonly [number, number, number, number]): number {
  if (value >= from && value <= to) return 100
  const part = value < from ? (value - none) / (from - none) : (end - value) / (end - to)
  return 100 * Math.min(1, Math.max(0, part))
}

/** The mean of grades by their weights, rounded to one place. */
export function weigh(grades: readonly (readonly [grade: number, weight: number])[]): number {
  const weight = grades.reduce((total, [, each]) => total + each, 0)
  return Math.round((grades.reduce((total, [value, each]) => total + value * each, 0) / weight) * 10) / 10
}
