import { fail, pass, skip, warn } from '@steadystream/core/checks'

import { monotonicMs } from '../../env.ts'
import { ask } from '../probe.ts'

import type { Finding, Probe } from '@steadystream/core/checks'
import type { Target } from '../target.ts'

/** Whether polls are answered, and held for as long as they ask for. */
export async function examinePolling(target: Target): Promise<Finding> {
  const { polling: url } = target
  if (!url) return skip('polling', 'pass --poll /path to test it')
  const first = await poll(url, {}, target)
  if (first.status !== 200) {
    return fail(
      'polling',
      `the answer is ${first.status}`,
      'name the endpoint: --poll /path, and --channel where it takes one',
    )
  }
  const positions = readPositions(first.text)
  if (!positions) {
    return fail(
      'polling',
      'the answer is no `{ events, positions }`',
      'answer with realtime.poll, or adapt it with `parse`',
    )
  }
  const [position] = Object.values(positions)
  if (typeof position !== 'string') return pass('polling', 'answers, without a position to go on from')
  const askedAt = monotonicMs()
  const second = await poll(url, { since: position, wait: '1' }, target)
  const tookMs = monotonicMs() - askedAt
  if (second.status !== 200)
    return fail('polling', `a long poll is answered ${second.status}`, 'see the log of the server')
  if (tookMs < 900 && /"events":\s*\[\s*\]/.test(second.text)) {
    return warn(
      'polling',
      'a long poll comes back empty at once',
      'let `wait` through: clients would ask without a pause',
    )
  }
  return pass('polling', `answers, and holds a poll for ${(tookMs / 1000).toFixed(1)} s`)
}

async function poll(url: URL, query: Record<string, string>, { headers, timeoutMs }: Target): Promise<Probe> {
  const asked = new URL(url)
  for (const [name, value] of Object.entries(query)) asked.searchParams.set(name, value)
  const probe = await ask(asked, { headers: { ...headers, Accept: 'application/json' }, timeoutMs: timeoutMs + 1000 })
  await probe.until(() => probe.isOver, timeoutMs)
  probe.close()
  return probe
}

function readPositions(text: string): object | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer !== 'object' || answer === null || !('events' in answer) || !('positions' in answer))
      return undefined
    const { events, positions } = answer
    return Array.isArray(events) && typeof positions === 'object' && positions !== null ? positions : undefined
  } catch {
    return undefined
  }
}
