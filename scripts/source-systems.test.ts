import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

const docs = new URL('../docs/source-systems.md', import.meta.url)

interface Row {
  readonly name: string
  readonly place: string
  readonly test: string
  readonly title: string
}

/** Every name of the source systems. A row that is gone from the page is missed. */
const names: readonly string[] = [
  'ChannelManager',
  'Channel types',
  'Distributed',
  'SSE manager',
  'WebSocket manager',
  'WS shortcuts',
  'WS client messages',
  'WS server messages',
  'Event types + factories',
  'Payloads',
  'Start a job',
  'Stats',
  'Health',
  'Auth (A)',
  'Batching, rate limits',
  'Shutdown',
  'Logs',
  'Self-test (A)',
  'Proxies',
  '/api/stream/council-score',
  '/api/stream/evaluate-creative',
  '/api/stream/render-progress/:jobId',
  '/api/stream/campaign-metrics/:campaignId',
  '/api/stream/ab-test-results/:testId',
  'useSSE',
  'useCouncilScoreStream',
  'useCreativeEvaluationStream',
  'useRenderProgressStream',
  'useCampaignMetricsStream',
  'useABTestStream',
  'useWebSocket',
  'useRealtimeAlerts',
  'useJobProgress',
  'useLiveMetrics',
  'CouncilScoreStreamExample',
  'RenderProgressStreamExample',
  'LiveMetricsExample',
  'RealtimeAlertsExample',
  'createEnhancedSSEStream',
  'StreamConfig',
  'States',
  'streamManager',
  'useAutopilotStream',
  'useGenerationStream',
  'createAutopilotStream, createGenerationStream',
  'Start calls',
  'useAutopilot, useResult',
  'AutopilotBanner',
  'ArticleCard',
  'Fallback',
  'Base URL',
  'Auth (B)',
  'Debug',
  'Test utilities',
  'Robustness',
  'GET /api/chat/stream',
  'POST /api/chat/generate',
  'GET /api/chat/messages',
  'useChatStream',
  'useRealtimeAgentMessages',
  'ModelChatView',
  'AgentRealtimeChat',
  'Dashboards',
  'Schedule',
  'broadcastAgentMessage',
  'Self-test (C)',
  'Next.js',
]

const link = /\[[^\]]+\]\(([^)]+)\)/

function rowsOf(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| Row') && !line.startsWith('| ---'))
    .map((line) => {
      const [, name = '', place = '', test = ''] = line.split('|').map((cell) => cell.trim())
      return {
        name: name.replaceAll('`', ''),
        place: link.exec(place)?.[1] ?? '',
        test: link.exec(test)?.[1] ?? '',
        title: /“(.+)”$/.exec(test)?.[1] ?? '',
      }
    })
}

const pathOf = (relative: string) => fileURLToPath(new URL(relative, docs))

describe('the table of the source systems', () => {
  const rows = rowsOf(readFileSync(docs, 'utf8'))

  it('has every row, once', () => {
    expect(rows.map(({ name }) => name)).toEqual(names)
  })

  it.each(rows)('says where $name lives', ({ place }) => {
    expect(place).not.toBe('')
    expect(existsSync(pathOf(place))).toBe(true)
  })

  it.each(rows)('names a test of $name that is there', ({ test, title }) => {
    expect(test).not.toBe('')
    expect(title).not.toBe('')
    // Test titles hold typographic quotes of their own only in the demo, where none is cited.
    expect(readFileSync(pathOf(test), 'utf8')).toContain(title)
  })
})
