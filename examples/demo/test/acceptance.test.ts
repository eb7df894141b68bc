import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { chromiumPath, launchChromium, saveScreenshot } from './chromium.ts'
import { killAll, removeFolders, startDemo, temporaryFolder } from './demo-process.ts'
import type { Browser, Page } from 'playwright-core'
import type { DemoReport } from '../src/page/link/report.ts'

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

const report = (page: Page): Promise<DemoReport> => page.evaluate(() => window.demo)

const untilSeen = (page: Page, frames: number) =>
  page.waitForFunction((wanted) => window.demo.framesSeen.length >= wanted, frames)

/** Waits until link number `connections` is up. */
const untilConnected = (page: Page, connections: number) =>
  page.waitForFunction((wanted) => window.demo.connections >= wanted && window.demo.state === 'connected', connections)

async function renderedFrames(origin: string, jobId: string | undefined): Promise<number> {
  const response = await fetch(`${origin}/api/jobs/${jobId}`)
  return ((await response.json()) as { renderedFrames: number }).renderedFrames
}

describe.skipIf(chromiumPath === '')('the page', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchChromium()
  })

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    killAll()
    await removeFolders()
  })

  afterAll(() => browser.close())

  it('accounts for every frame through two cuts and a killed server', async () => {
    const dataDir = await temporaryFolder()
    const first = await startDemo({ PORT: '0', DATA_DIR: dataDir })
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(first.origin)
    await page.getByRole('button', { name: 'Start a render' }).click()

    await untilSeen(page, 12)
    await page.getByRole('button', { name: 'Cut the connection' }).click()
    await untilConnected(page, 2)
    await untilSeen(page, 40)
    await page.getByRole('button', { name: 'Cut the connection' }).click()
    await untilConnected(page, 3)
    await untilSeen(page, 80)
    await saveScreenshot(page, 'demo-rendering')

    const beforeRestart = await report(page)
    await first.kill('SIGKILL')
    await startDemo({ PORT: String(first.port), DATA_DIR: dataDir })
    await page.waitForFunction(() => window.demo.stage === 'complete', undefined, { timeout: 90_000 })
    await page.getByRole('link', { name: /Download GIF/ }).waitFor()
    await page.getByRole('img', { name: /The finished animation/ }).waitFor()
    await saveScreenshot(page, 'demo-complete')

    const end = await report(page)
    expect(beforeRestart).toMatchObject({ gaps: 0, framesLost: [], doubled: 0, connections: 3 })
    expect([...end.framesSeen, ...end.framesLost].sort((a, b) => a - b)).toEqual(upTo(180))
    expect(end).toMatchObject({ doubled: 0, framesUndeclared: [], framesBefore: [], totalFrames: 180 })
    expect(end.gaps).toBeLessThanOrEqual(1)
    expect(end.connections).toBeGreaterThan(3)
  })

  it('names the frames that were rendered while the link was down and the server about to die', async () => {
    const dataDir = await temporaryFolder()
    const first = await startDemo({ PORT: '0', DATA_DIR: dataDir })
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' })
    await page.goto(first.origin)
    await page.getByText('60', { exact: true }).click()
    await page.getByRole('button', { name: 'Start a render' }).click()
    await untilSeen(page, 10)
    await page.getByRole('button', { name: 'Cut the connection' }).click()
    await page.waitForFunction(() => window.demo.state === 'retrying')
    const { jobId, framesSeen } = await report(page)
    const last = framesSeen.length
    // The page waits a second at least before it dials again; a frame takes a fraction of that.
    await vi.waitFor(async () => expect(await renderedFrames(first.origin, jobId)).toBeGreaterThan(last), {
      interval: 20,
    })
    await first.kill('SIGKILL')
    await startDemo({ PORT: String(first.port), DATA_DIR: dataDir })
    await page.waitForFunction(() => window.demo.stage === 'complete', undefined, { timeout: 90_000 })
    await page.getByRole('link', { name: /Download GIF/ }).waitFor()
    await saveScreenshot(page, 'demo-lost')

    const end = await report(page)
    expect(end.framesLost.length).toBeGreaterThan(0)
    expect(end.framesLost).toEqual(end.framesLost.map((_, index) => last + 1 + index))
    expect([...end.framesSeen, ...end.framesLost].sort((a, b) => a - b)).toEqual(upTo(60))
    expect(end).toMatchObject({ doubled: 0, framesUndeclared: [], framesBefore: [], gaps: 1 })
  })

  it('picks the job up after a reload, and tells a late viewer what was before', async () => {
    const dataDir = await temporaryFolder()
    const first = await startDemo({ PORT: '0', DATA_DIR: dataDir })
    const page = await browser.newPage({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
    await page.goto(first.origin)
    await page.getByText('60', { exact: true }).click()
    await page.getByRole('button', { name: 'Start a render' }).click()
    await untilSeen(page, 10)
    await page.reload()
    await untilSeen(page, 12)
    const reloaded = await report(page)
    expect(reloaded.framesSeen.slice(0, 12)).toEqual(upTo(12))

    await page.close()
    await first.kill('SIGKILL')
    const second = await startDemo({ PORT: String(first.port), DATA_DIR: dataDir })
    const late = await browser.newPage({ viewport: { width: 390, height: 844 } })
    await late.goto(`${second.origin}/#${reloaded.jobId}`)
    await late.getByText('rendered before this stream began').waitFor()
    await late.waitForFunction(() => window.demo.stage === 'complete', undefined, { timeout: 90_000 })

    const end = await report(late)
    expect(end.framesBefore.length).toBeGreaterThanOrEqual(12)
    expect([...end.framesBefore, ...end.framesSeen]).toEqual(upTo(60))
    expect(end).toMatchObject({ doubled: 0, framesUndeclared: [], framesLost: [], gaps: 0 })
    await saveScreenshot(late, 'demo-late-viewer')
  })

  it('says so when the server knows no such job', async () => {
    const demo = await startDemo({ PORT: '0', DATA_DIR: await temporaryFolder() })
    const page = await browser.newPage()
    await page.goto(`${demo.origin}/#job_0000000000000000`)
    await page.getByText('This job cannot be followed').waitFor()
    await page.locator('[data-fact="hook-render"]', { hasText: 'cannot be followed' }).waitFor()
    expect(await report(page)).toMatchObject({ state: 'error', connections: 1 })
  })
})
