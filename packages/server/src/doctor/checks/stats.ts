import { pass, skip, warn } from '@steadystream/core/checks'

import { ask } from '../probe.ts'

import type { Finding } from '@steadystream/core/checks'
import type { Target } from '../target.ts'

/** Whether the stats, which name channels and clients, are shown to somebody without credentials. */
export async function examineStats({ stats, timeoutMs }: Target): Promise<Finding> {
  const probe = await ask(stats, { timeoutMs })
  await probe.until(() => probe.isOver, timeoutMs)
  probe.close()
  if (probe.status === 404) return skip('stats', `not served at ${stats.pathname}`)
  if (probe.status === 401 || probe.status === 403) return pass('stats', `guarded (${probe.status})`)
  if (probe.status !== 200) return skip('stats', `the answer at ${stats.pathname} is ${probe.status}`)
  const counts = readCounts(probe.text)
  if (!counts) return skip('stats', `what ${stats.pathname} answers are none`)
  const cure = 'where this is not meant, answer them behind `authorize`: they name channels and clients'
  return warn('stats', `${counts}, shown to everybody`, cure)
}

function readCounts(text: string): string | undefined {
  const connections = /"totalConnections":(\d+)/.exec(text)?.[1]
  const channels = /"activeChannels":(\d+)/.exec(text)?.[1]
  return connections && channels && `${connections} SSE connections, ${channels} channels`
}
