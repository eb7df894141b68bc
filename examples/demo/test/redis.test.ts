import { autopilot, councilScore, generation } from '@steadystream/core/presets'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { startNginx } from '../../../packages/server/test/support/nginx.ts'
import { nginxSnippet } from '../../../packages/server/test/support/nginx-doc.ts'
import { startRedis } from '../../../packages/server/test/support/redis-server.ts'
import { launchChromium } from './chromium.ts'
import { killAll, launchDemo, removeFolders, startDemo, temporaryFolder } from './demo-process.ts'
import { readEvents, startJob } from './job-stream.ts'
import { fact, isBlind } from './pages.ts'
import { collect } from './sse-events.ts'
import type { AgentMessage, AutopilotEvent, CouncilScoreEvent, GenerationEvent } from '@steadystream/core/presets'
import type { Page } from 'playwright-core'
import type { RedisServer } from '../../../packages/server/test/support/redis-server.ts'
import type { DemoProcess } from './demo-process.ts'

const nginx = inject('nginxPath')
const patience = { timeout: 60_000, interval: 100 }
const frames = 40
const all = Array.from({ length: frames }, (_, index) => index + 1)

async function ask<T>(url: string, body?: object): Promise<[status: number, answer: T]> {
  const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(url, body && json)
  return [response.status, (await response.json()) as T]
}

it('refuses a REDIS_URL that is none', async () => {
  expect(await launchDemo({ REDIS_URL: 'localhost:6379' })).toEqual({
    exitCode: 1,
    lines: ['REDIS_URL must begin with redis:// or rediss://'],
  })
})

describe.skipIf(!inject('redisPath'))('two processes of the demo on one Redis', () => {
  let redis: RedisServer
  /** The one that does the work, and the other one. */
  let leader: DemoProcess
  let other: DemoProcess

  beforeAll(async () => {
    redis = await startRedis()
    const env = { PORT: '0', DATA_DIR: await temporaryFolder(), REDIS_URL: redis.url, PACE_MS: '150' }
    const both = await Promise.all([startDemo(env), startDemo(env)])
    const leads = ({ lines }: DemoProcess) => lines.some((line) => line.includes('this process leads'))
    await vi.waitFor(() => expect(both.filter(leads)).toHaveLength(1), patience)
    ;[leader, other] = leads(both[0]) ? both : [both[1], both[0]]
  })

  afterAll(async () => {
    killAll()
    await redis.stop()
    await removeFolders()
  })

  it('answer for each other', async () => {
    const set = { mood: 'surge', thresholds: { budget: 777 } }
    await ask(`${other.origin}/api/campaigns/spring`, set)
    const [, campaigns] = await ask<object[]>(`${leader.origin}/api/campaigns`)
    expect(campaigns[0]).toMatchObject({ mood: 'surge', thresholds: { budget: 777 } })

    const [, { messages: said }] = await ask<{ messages: AgentMessage[] }>(`${other.origin}/api/chat/generate`, {})
    const [, { messages: kept }] = await ask<{ messages: AgentMessage[] }>(`${leader.origin}/api/chat/messages`)
    expect([said.length, kept]).toEqual([4, said])

    const [, { taskId }] = await ask<{ taskId: string }>(`${other.origin}/api/autopilot`, { topic: 'floods' })
    for (const [server, action] of [
      [leader, 'pause'],
      [other, 'resume'],
      [leader, 'stop'],
    ] as const) {
      expect(await ask(`${server.origin}/api/autopilot/${taskId}/${action}`, {})).toEqual([200, { taskId, action }])
    }
    const told = await collect<AutopilotEvent>(other.origin + autopilot.path({ taskId }))
    expect(told.at(-1)).toMatchObject({ step: 'error', message: 'Stopped.' })
    expect((await ask(`${other.origin}/api/autopilot/${taskId}/resume`, {}))[0]).toBe(404)

    const session = await fetch(`${leader.origin}/api/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"userId":"bob"}',
    })
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? ''
    const alerts = await fetch(`${other.origin}/api/stream/alerts/bob`, { headers: { cookie } })
    expect(alerts.status).toBe(200)
    await alerts.body?.cancel()

    await ask(`${leader.origin}/api/lab/links`, { labId: 'abcdefgh' })
    const [status, refusal] = await ask<{ error: object }>(`${other.origin}/api/lab/links/abcdefgh/log`)
    expect([status, refusal.error]).toMatchObject([
      404,
      { message: expect.stringContaining('the process that opened') },
    ])
  })

  it.skipIf(isBlind || !nginx)('go on behind nginx when the one that works is killed', async () => {
    const balanced = await startNginx(nginx, nginxSnippet('nginx', [leader.port, other.port]))
    const bare = nginxSnippet('nginx-unbuffered', [other.port]).replace('location /events', 'location /')
    const unbuffered = await startNginx(nginx, bare)
    const browser = await launchChromium()
    try {
      const jobId = await startJob(other.origin, { frames })
      const open = async (port: number) => {
        const page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
        await page.goto(`http://127.0.0.1:${port}/#${jobId}`)
        return page
      }
      const pages = await Promise.all([open(balanced), open(balanced), open(unbuffered)])
      // Live: each has frames while the last one is not yet drawn.
      for (const page of pages) await untilSeen(page, 8)
      expect(await stageOf(other, jobId)).toBe('rendering')
      await pages[0].getByRole('img', { name: /Frame \d+/ }).waitFor()
      // The WebSocket has come through as well, from a page whose address has a port.
      await fact(pages[0], 'hook-socket')
        .getByText(/_progress|heartbeat/)
        .waitFor()

      const address = `http://127.0.0.1:${balanced}`
      const [, { taskId }] = await ask<{ taskId: string }>(`${address}/api/autopilot`, { topic: 'beaver dams' })
      const question = councilScore.path({ videoUrl: '/v.gif', transcript: 'Do you waste 3 hours a week? Try it.' })
      const work = [
        collect<CouncilScoreEvent>(other.origin + question),
        collect(other.origin + autopilot.path({ taskId })),
      ]
      const before = await impressions(other)
      await leader.kill('SIGKILL')

      const [verdicts = [], flown = []] = await Promise.all(work)
      const seats = (verdicts as CouncilScoreEvent[]).filter(({ model, isComplete }) => model && isComplete)
      expect(new Set(seats.map(({ model }) => model))).toEqual(new Set(['claude', 'gemini', 'gpt4', 'perplexity']))
      expect(seats).toHaveLength(4)
      const steps = (flown as AutopilotEvent[]).map(({ step, message }) => `${step} ${message}`)
      expect([new Set(steps).size, steps.at(-1)]).toEqual([steps.length, expect.stringMatching(/^done/)])
      const { docId } = (flown as AutopilotEvent[]).reduce(autopilot.reduce, autopilot.initial)
      const [, { streamId }] = await ask<{ streamId: string }>(`${other.origin}/api/generation`, { docId })
      const written = await collect<GenerationEvent>(other.origin + generation.path({ streamId }))
      expect(written.reduce(generation.reduce, generation.initial)).toMatchObject({ isDone: true })
      expect(await impressions(other)).toBeGreaterThan(before)

      for (const page of pages) await page.waitForFunction(() => window.demo.stage === 'complete', undefined, patience)
      await expectEveryFrameOnce(pages, other.origin, jobId)
      expect(await fact(pages[0], 'hook-job').textContent()).toContain('completed')
      expect(await other.kill('SIGTERM')).toBe(0)
    } finally {
      await browser.close()
    }
  })
})

/** On every page, and in the server's history, which is what it published. */
async function expectEveryFrameOnce(pages: readonly Page[], origin: string, jobId: string): Promise<void> {
  const published = await readEvents(origin, jobId)
  const rendered = published.filter(({ data }) => data.stage === 'rendering').map(({ data }) => data.currentFrame)
  expect(rendered).toEqual(all)
  const none = { framesLost: [], framesUndeclared: [], framesBefore: [], doubled: 0, gaps: 0 }
  for (const page of pages) {
    expect(await page.evaluate(() => ({ ...window.demo }))).toMatchObject({ framesSeen: all, ...none })
    await page.getByRole('img', { name: /The finished animation/ }).waitFor()
  }
}

const untilSeen = (page: Page, count: number) =>
  page.waitForFunction((wanted) => window.demo.framesSeen.length >= wanted, count, patience)

const stageOf = async ({ origin }: DemoProcess, jobId: string) =>
  (await ask<{ stage: string }>(`${origin}/api/jobs/${jobId}`))[1].stage

const impressions = async ({ origin }: DemoProcess) =>
  (await ask<{ metrics: { impressions: number } }>(`${origin}/api/campaigns/spring/log`))[1].metrics.impressions
