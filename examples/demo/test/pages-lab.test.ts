import { describe, expect, it, vi } from 'vitest'
import { fact, isBlind, visitDemo } from './pages.ts'
import type { Page } from 'playwright-core'
import type { LabReport } from '../src/page/lab/lab-report.ts'

interface ServerLog {
  readonly published: number
  readonly lives: readonly number[]
  readonly sessions: readonly { readonly transport: string }[]
}

const patience = { timeout: 40_000, interval: 200 }
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

async function report(page: Page): Promise<LabReport> {
  const found = await page.evaluate(() => window.lab && { ...window.lab })
  if (!found) throw new Error('the lab has no link')
  return found
}

async function seen(page: Page, count: number): Promise<void> {
  await page.waitForFunction((least) => (window.lab?.seen.length ?? 0) >= least, count)
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

describe.skipIf(isBlind)('the connection lab', () => {
  const visit = visitDemo()
  const logOf = (labId: string) => visit().get<ServerLog>(`/api/lab/links/${labId}/log`)

  it('counts every number once through a cut, a token that ends, a slow line, and two blocked transports', async () => {
    const page = await visit().open('/lab')
    await seen(page, 5)
    await press(page, 'Cut the link')
    await page.waitForFunction(() => (window.lab?.connections ?? 0) >= 2)
    await seen(page, 20)
    await press(page, 'Expire the token')
    await page.waitForFunction(() => window.lab?.refreshes === 1)
    await page.locator('label', { hasText: '300 ms' }).click()
    await vi.waitFor(
      async () => expect(parseInt((await fact(page, 'latency').textContent()) ?? '', 10)).toBeGreaterThan(250),
      patience,
    )
    await page.locator('label', { hasText: 'None' }).click()
    await press(page, 'Block SSE')
    await page.waitForFunction(() => window.lab?.transport === 'websocket')
    await press(page, 'Block WebSocket')
    await page.waitForFunction(() => window.lab?.transport === 'polling')
    const { seen: before, labId } = await report(page)
    await seen(page, before.length + 10)

    const end = await report(page)
    const { published } = await logOf(labId)
    expect(end.seen).toEqual(upTo(end.seen.length))
    expect(end.seen.length).toBeLessThanOrEqual(published)
    expect(end).toMatchObject({ doubled: 0, lost: [], undeclared: [], before: [], gaps: 0 })
    expect(await fact(page, 'doubled').textContent()).toBe('0')
    expect(await fact(page, 'lost').textContent()).toBe('0')
    // The stream that nobody broke did not notice.
    expect(await page.getByText('for comparison: connected').count()).toBe(1)
  })

  it.each(['Restart the server', 'Crash the server'])(
    'after “%s” everything of the new life comes, and what the old one took along is declared',
    async (name) => {
      const page = await visit().open('/lab')
      await page.locator('label', { hasText: '20/s' }).click()
      await seen(page, 10)
      const { labId, connections } = await report(page)
      await press(page, name)
      await page.waitForFunction((least) => (window.lab?.connections ?? 0) > least, connections)
      await page.waitForFunction(() => window.lab?.state === 'connected' && window.lab.gaps === 1)
      const { seen: before } = await report(page)
      await seen(page, before.length + 10)

      const end = await report(page)
      const { lives } = await logOf(labId)
      const second = lives.at(-1) ?? 0
      expect(lives.length).toBeGreaterThan(1)
      expect(end.seen.filter((n) => n >= second)[0]).toBe(second)
      expect([...end.seen, ...end.lost].sort((a, b) => a - b)).toEqual(upTo(end.seen.length + end.lost.length))
      expect(end).toMatchObject({ doubled: 0, undeclared: [], before: [], gaps: 1 })
    },
  )

  it('serves six tabs by one connection, each with every number', async () => {
    const page = await visit().open('/lab')
    await seen(page, 3)
    const { labId } = await report(page)
    await press(page, 'Open six tabs')
    const frames = () => page.frames().filter((frame) => frame.url().includes('/lab/tab'))
    await vi.waitFor(() => expect(frames()).toHaveLength(6), patience)
    for (const frame of frames()) await frame.waitForFunction(() => (window.lab?.seen.length ?? 0) >= 10)
    // One is the page's own.
    await vi.waitFor(async () => expect((await logOf(labId)).sessions).toHaveLength(2), patience)
    await press(page, 'Cut the link')
    const { seen: before } = await report(page)
    for (const frame of frames()) {
      await frame.waitForFunction((least) => (window.lab?.seen.length ?? 0) >= least, before.length + 10)
      const tab = await frame.evaluate(() => window.lab && { ...window.lab })
      expect(tab?.seen).toEqual(upTo(tab?.seen.length ?? 0))
      expect(tab).toMatchObject({ doubled: 0, lost: [], undeclared: [] })
    }
    expect((await logOf(labId)).sessions).toHaveLength(2)
  })

  it('has nothing to complain of', () => expect(visit().complaints).toEqual([]))
})
