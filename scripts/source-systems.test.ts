import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

const docs = new URL('../docs/source-systems.md', import.meta.url)

interface Row {
  readonly name: string
  readonly place: string
  readonly tests: readonly { readonly file: string; readonly title: string }[]
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

const citation = /\[[^\]]+\]\(([^)]+)\) “([^”]+)”/g
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
        tests: Array.from(test.matchAll(citation), ([, file = '', title = '']) => ({ file, title })),
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

  it.each(rows)('names tests of $name that are there', ({ tests }) => {
    expect(tests).not.toEqual([])
    for (const { file, title } of tests) expect(readFileSync(pathOf(file), 'utf8')).toContain(title)
  })

  it('names a test on a page for every row', () => {
    const shown = ({ tests }: Row) => tests.some(({ file }) => isPageTest(file))
    expect(rows.filter((row) => !shown(row)).map(({ name }) => name)).toEqual([])
  })
})

/** One of an example, in a browser. */
function isPageTest(file: string): boolean {
  return (
    /^\.\.\/examples\/\w+\/test\//.test(file) &&
    /from '(?:[./\w]+\/(?:pages|chromium)\.ts|playwright-core)'/.test(readFileSync(pathOf(file), 'utf8'))
  )
}
