import { councilScore, creativeEvaluation } from '@steadystream/core/presets'
import { describe, expect, it } from 'vitest'
import { serveFile } from './demo-server.ts'
import { startJob } from './job-stream.ts'
import { collect, take } from './sse-events.ts'
import type {
  AlertEvent,
  ABTestResultsEvent,
  CampaignMetricsEvent,
  CouncilScoreEvent,
  CreativeEvaluationEvent,
  JobProgressEvent,
} from '@steadystream/core/presets'

const origin = serveFile()

const params = { videoUrl: '/v.gif', transcript: 'Do you waste 3 hours a week? You will never look back.' }

async function post(path: string, body: object): Promise<[status: number, answer: unknown]> {
  const response = await fetch(origin() + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return [response.status, await response.json()]
}

describe('the council', () => {
  it('lets four members think, score each once, and ends with what they come to', async () => {
    const events = await collect<CouncilScoreEvent>(origin() + councilScore.path(params))
    const verdicts = events.filter(({ model, isComplete }) => model !== undefined && isComplete)
    expect(verdicts).toHaveLength(4)
    expect(new Set(verdicts.map(({ model }) => model))).toEqual(new Set(['claude', 'gemini', 'gpt4', 'perplexity']))
    const score = (model: string) => verdicts.find((event) => event.model === model)?.score
    expect(events.at(-1)).toMatchObject({
      stage: 'complete',
      isComplete: true,
      finalScore: {
        psychology: { composite: score('claude') },
        hookStrength: { strength: score('gpt4') },
        novelty: { composite: score('perplexity') },
      },
    })
    const { stages, finalScore } = events.reduce(councilScore.reduce, councilScore.initial)
    expect(Object.keys(stages)).toHaveLength(4)
    expect(finalScore?.composite).toBeGreaterThan(0)
  })

  it('shows the same run to two viewers at once', async () => {
    const url = origin() + councilScore.path({ ...params, features: 'duration=12' })
    const [one, other] = await Promise.all([collect(url), collect(url)])
    expect(one).toEqual(other)
  })

  it('refuses to judge nothing', async () => {
    expect((await fetch(`${origin()}/api/stream/council-score?videoUrl=x`)).status).toBe(400)
  })
})

describe('the evaluation of a text', () => {
  it('tells its stages, each with scores in the end, and a result', async () => {
    const events = await collect<CreativeEvaluationEvent>(
      origin() + creativeEvaluation.path({ content: 'Try it today. You will love it.', type: 'caption' }),
    )
    const { stages, finalResult } = events.reduce(creativeEvaluation.reduce, creativeEvaluation.initial)
    expect(Object.keys(stages)).toEqual(['form', 'opening', 'appeal', 'originality', 'call to action'])
    expect(Object.values(stages).every(({ scores }) => scores !== undefined)).toBe(true)
    expect(finalResult).toMatchObject({ score: expect.any(Number), summary: expect.any(String) })
  })

  it('knows three types of text', async () => {
    expect((await fetch(`${origin()}/api/stream/evaluate-creative?content=x&type=poem`)).status).toBe(400)
  })
})

describe('a campaign', () => {
  it('tells metrics whose changes add up, and which are those of its log', async () => {
    const events = await take<CampaignMetricsEvent>(`${origin()}/api/stream/campaign-metrics/spring`, 2)
    const [first, second] = events
    const { metrics } = (await (await fetch(`${origin()}/api/campaigns/spring/log`)).json()) as {
      metrics: CampaignMetricsEvent['metrics']
    }
    expect(second?.metrics.impressions).toBe((first?.metrics.impressions ?? 0) + (second?.change.impressions ?? 0))
    expect(metrics.impressions).toBeGreaterThanOrEqual(second?.metrics.impressions ?? Infinity)
  })

  it('tells the results of its test, and live figures', async () => {
    const [[results], [live]] = await Promise.all([
      take<ABTestResultsEvent>(`${origin()}/api/stream/ab-test-results/spring-variants`, 1),
      take(`${origin()}/api/stream/live-metrics/campaign/spring`, 1),
    ])
    expect(results?.variants.map(({ id }) => id)).toEqual(['A', 'B'])
    expect(live).toMatchObject({ type: 'live_metrics', entityType: 'campaign', metrics: { ctr: expect.any(Number) } })
  })

  it('raises an alert for its owner when a bound is crossed, and for nobody else', async () => {
    const alert = take<AlertEvent>(`${origin()}/api/stream/alerts/ann?userId=ann`, 1)
    expect((await fetch(`${origin()}/api/stream/alerts/ann?userId=bob`)).status).toBe(403)
    expect(await post('/api/campaigns/spring', { thresholds: { budget: 0.01 } })).toMatchObject([200, { owner: 'ann' }])
    expect(await alert).toMatchObject([
      { type: 'alert', severity: 'critical', category: 'budget', actionRequired: true, entityId: 'spring' },
    ])
  })

  it('takes a session for a user, as well as a query', async () => {
    const response = await fetch(`${origin()}/api/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"userId":"bob"}',
    })
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
    const controller = new AbortController()
    const stream = await fetch(`${origin()}/api/stream/alerts/bob`, { headers: { cookie }, signal: controller.signal })
    expect(stream.status).toBe(200)
    controller.abort()
  })

  it('refuses settings that are none', async () => {
    expect(await post('/api/campaigns/spring', { mood: 'wild' })).toMatchObject([400, {}])
    expect(await post('/api/campaigns/spring', { thresholds: { budget: -1 } })).toMatchObject([400, {}])
    expect(await post('/api/campaigns/summer', {})).toMatchObject([404, {}])
  })
})

describe('the progress of a job', () => {
  it('is told in steps, from waiting to done', async () => {
    const jobId = await startJob(origin(), { frames: 24 })
    const events = await collect<JobProgressEvent>(`${origin()}/api/stream/job-progress/${jobId}`)
    expect([...new Set(events.map(({ status }) => status))]).toEqual(['queued', 'processing', 'completed'])
    const progress = events.map((event) => event.progress)
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
    expect(events.length).toBeLessThan(28)
  })
})
