import { vi } from 'vitest'

/** What the library reports through the console where a runtime has no `reportError`; kept out of the test's output. */
export function recordReports(): readonly unknown[] {
  const reports: unknown[] = []
  vi.spyOn(console, 'error').mockImplementation((report) => void reports.push(report))
  return reports
}
