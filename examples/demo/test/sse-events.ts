import { createEnhancedSSEStream } from '@steadystream/core'

/** Everything that a stream sends until it is complete. */
export async function collect<T>(url: string): Promise<T[]> {
  const events: T[] = []
  const stream = createEnhancedSSEStream<T>(url, {}, { from: 'start', maxRetries: 0, pool: false })
  for await (const { data } of stream) events.push(data)
  return events
}

/** The first events of a stream that does not end; with headers, those that only their sender may see. */
export async function take<T>(
  url: string,
  count: number,
  from: 'now' | 'start' = 'now',
  headers: Record<string, string> = {},
): Promise<T[]> {
  const events: T[] = []
  const stream = createEnhancedSSEStream<T>(url, {}, { from, headers, maxRetries: 0, pool: false })
  for await (const { data } of stream) {
    events.push(data)
    if (events.length >= count) break
  }
  return events
}
