import { councilScore, creativeEvaluation } from '@steadystream/core/presets'
import { describe, expect, it, vi } from 'vitest'
import { fact, isBlind, requested, visitDemo } from './pages.ts'
import { readEvents, startJob } from './job-stream.ts'
import { collect, take } from './sse-events.ts'
import type { AlertEvent, CouncilScoreEvent, CreativeEvaluationEvent } from '@steadystream/core/presets'
import type { Page } from 'playwright-core'

interface CampaignLog {
  readonly metrics: Readonly<Record<string, number>>
  readonly variants: Readonly<Record<string, { readonly impressions: number; readonly clicks: number }>>
}

const patience = { timeout: 30_000, interval: 200 }
const valueOf = (page: Page, name: string) => fact(page, name).getAttribute('data-value').then(Number)
/** Its name goes on with how the streams are. */
const cutAll = (page: Page) => page.getByRole('button', { name: 'Cut all' }).click()
const choose = (page: Page, name: string) => page.locator('.traffic label', { hasText: name }).click()

describe.skipIf(isBlind)('the studio', () => {
  const visit = visitDemo()

  it('scores a script by a council of four, and shows what the server came to', async () => {
    const page = await visit().open('/script')
    const url = await requested(page, '/council-score', () =>
      page.getByRole('button', { name: 'Score the script' }).click(),
    )
    await vi.waitFor(async () => expect(await page.locator('.seats [data-done="true"]').count()).toBe(4), patience)
    const composite = page.locator('.council .final-score b')
    await vi.waitFor(async () => expect(await composite.textContent()).toMatch(/^\d/), patience)
    const state = (await collect<CouncilScoreEvent>(url)).reduce(councilScore.reduce, councilScore.initial)
    expect(await composite.textContent()).toBe(state.finalScore?.composite.toFixed(1))
    expect(await page.locator('[data-seat="gpt4"] .reasoning').textContent()).toBe(state.stages['gpt4']?.reasoning)
  })

  it('goes on with a council whose streams were cut, and shows each verdict once', async () => {
    const page = await visit().open('/script')
    await page.getByLabel('Script', { exact: true }).first().fill('Why do 9 of 10 links break? Yours never has to.')
    const url = await requested(page, '/council-score', () =>
      page.getByRole('button', { name: 'Score the script' }).click(),
    )
    await page.locator('.seats li .thinking', { hasText: 'Reading for clarity' }).waitFor()
    await cutAll(page)
    const composite = page.locator('.council .final-score b')
    await vi.waitFor(async () => expect(await composite.textContent()).toMatch(/^\d/), patience)
    // What the server has of it: each thought and each verdict stands on the page as often as there.
    const state = (await collect<CouncilScoreEvent>(url)).reduce(councilScore.reduce, councilScore.initial)
    expect(await composite.textContent()).toBe(state.finalScore?.composite.toFixed(1))
    for (const [model, { thinking, reasoning }] of Object.entries(state.stages)) {
      const seat = page.locator(`[data-seat="${model}"]`)
      expect(await seat.locator('.thinking').textContent()).toBe(thinking)
      expect(await seat.locator('.reasoning').textContent()).toBe(reasoning)
    }
    expect(Object.keys(state.stages)).toHaveLength(4)
  })

  it('evaluates a text stage by stage, through a cut', async () => {
    const page = await visit().open('/script')
    await page.locator('.creative label', { hasText: 'Caption' }).click()
    const url = await requested(page, '/evaluate-creative', () =>
      page.getByRole('button', { name: 'Evaluate' }).click(),
    )
    await page.locator('.evaluation [data-done="true"]').first().waitFor()
    await cutAll(page)
    const score = page.locator('.creative .final-score b')
    await vi.waitFor(async () => expect(await score.textContent()).toMatch(/^\d/), patience)
    const events = await collect<CreativeEvaluationEvent>(url)
    const { finalResult } = events.reduce(creativeEvaluation.reduce, creativeEvaluation.initial)
    expect(await score.textContent()).toBe(finalResult?.score.toFixed(1))
    expect(await page.locator('.creative .summary').textContent()).toBe(finalResult?.summary)
  })

  it('follows a job by its hooks, over SSE and over the WebSocket shortcut, through a cut to its end', async () => {
    const jobId = await startJob(visit().demo.origin, { frames: 24 })
    const page = await visit().open(`/#${jobId}`)
    await page.getByRole('button', { name: 'Send a ping' }).click()
    await page.waitForFunction(() => window.demo.framesSeen.length >= 4)
    await cutAll(page)
    await page.waitForFunction(() => window.demo.stage === 'complete', undefined, { timeout: 90_000 })
    await vi.waitFor(async () => {
      expect(await fact(page, 'hook-render').textContent()).toContain('complete, frame 24 of 24')
      expect(await fact(page, 'hook-job').textContent()).toContain('completed')
    }, patience)
    expect(await fact(page, 'hook-socket').textContent()).toMatch(
      /video_render_progress|job_progress|pong|heartbeat|complete/,
    )
    const published = await readEvents(visit().demo.origin, jobId)
    const rendered = published.filter(({ data }) => data.stage === 'rendering').map(({ data }) => data.currentFrame)
    const { framesSeen, doubled, gaps, connections } = await page.evaluate(() => window.demo)
    expect({ framesSeen, doubled, gaps }).toEqual({ framesSeen: rendered, doubled: 0, gaps: 0 })
    expect(rendered).toHaveLength(24)
    expect(connections).toBeGreaterThan(1)
  })

  it('shows the metrics and the test of a campaign as its click log has them', async () => {
    const page = await visit().open('/campaign')
    await vi.waitFor(async () => expect(await valueOf(page, 'impressions')).toBeGreaterThan(0), patience)
    await cutAll(page)
    // When nobody comes any more the log stands still, and the page has to come to rest where it stands.
    await choose(page, 'Nobody')
    await vi.waitFor(async () => {
      const { metrics, variants } = await visit().get<CampaignLog>('/api/campaigns/spring/log')
      expect(await valueOf(page, 'impressions')).toBe(metrics['impressions'])
      expect(await valueOf(page, 'clicks')).toBe(metrics['clicks'])
      expect(await valueOf(page, 'spend')).toBe(metrics['spend'])
      const cells = await page.locator('[data-variant="A"] td[data-value]').all()
      const shown = await Promise.all(cells.map((cell) => cell.getAttribute('data-value')))
      expect(shown.map(Number)).toEqual([variants['A']?.impressions, variants['A']?.clicks])
      expect(await fact(page, 'impressionsPerSecond').textContent()).toBe('0')
    }, patience)
    await choose(page, 'Usual')
  })

  it('raises alerts when bounds are crossed; one is dismissed, the rest are cleared', async () => {
    const page = await visit().open('/campaign')
    await page.getByText('None. Change the visitors').waitFor()
    await choose(page, 'Surge')
    await page.getByRole('heading', { name: 'Unusual traffic' }).waitFor()
    // The alert that is raised while the link is down comes as well, and the one before it not again.
    await cutAll(page)
    await page.getByLabel('Budget, €').fill('0.01')
    await page.getByRole('button', { name: 'Set the bounds' }).click()
    await page.getByRole('heading', { name: 'Budget spent' }).waitFor()
    // Nothing more comes while the list is looked at.
    await choose(page, 'Nobody')
    expect(await page.getByRole('heading', { name: 'Unusual traffic' }).count()).toBe(1)
    const cookies = await page.context().cookies()
    const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    // The longer it takes to come here, the more bounds may have been crossed: all that is shown was sent, each once.
    const shown = await page.locator('.alert-list li').allTextContents()
    const alerts = `${visit().demo.origin}/api/stream/alerts/ann`
    const sent = await take<AlertEvent>(alerts, shown.length, 'start', { Cookie })
    expect(sent.map(({ title }) => title)).toEqual(expect.arrayContaining(['Unusual traffic', 'Budget spent']))
    for (const { title, message } of sent)
      expect(shown.filter((text) => text.includes(title) && text.includes(message.slice(0, 8)))).toHaveLength(1)
    await page.getByRole('button', { name: 'Dismiss: Unusual traffic' }).click()
    await page.getByRole('heading', { name: 'Unusual traffic' }).waitFor({ state: 'detached' })
    expect(await page.getByRole('heading', { name: 'Budget spent' }).count()).toBe(1)
    await page.getByRole('button', { name: 'Clear all' }).click()
    await page.getByText('None. Change the visitors').waitFor()
    await choose(page, 'Usual')
  })

  it('shows the alerts of another user to nobody', async () => {
    const page = await visit().open('/campaign')
    await page.getByRole('heading', { name: 'Alerts for ann' }).waitFor()
    await page.locator('label', { hasText: 'Autumn reminder' }).click()
    await page.getByRole('heading', { name: 'Alerts for bob' }).waitFor()
    // It says so once it is connected; what comes before that is not for it.
    await page.getByText('None. Change the visitors').waitFor()
    await visit().post('/api/campaigns/spring', { reset: true, thresholds: { budget: 0.01 } })
    await visit().post('/api/campaigns/autumn', { thresholds: { budget: 0.01 } })
    await page.getByRole('heading', { name: 'Budget spent' }).waitFor()
    expect(await page.locator('.alert-list li').count()).toBe(1)
  })

  it('has nothing to complain of', () => expect(visit().complaints).toEqual([]))
})
