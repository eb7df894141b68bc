import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { isBlind, visitDemo } from './pages.ts'
import type { Page } from 'playwright-core'

interface Finding {
  readonly id: string
  readonly impact?: string | null
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

declare global {
  interface Window {
    /** Put there by the test. */
    axe: { run(): Promise<{ violations: Finding[] }> }
  }
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axePath, 'utf8'))
  const { violations } = await page.evaluate(() => window.axe.run())
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`))
}

const looks = [
  ['light', 390],
  ['dark', 390],
  ['light', 1280],
  ['dark', 1280],
] as const

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

interface Place {
  readonly path: string
  /** Puts something on the page. */
  fill?(page: Page): Promise<unknown>
}

const places: readonly Place[] = [
  { path: '/' },
  {
    path: '/script',
    fill: (page) => press(page, 'Evaluate').then(() => page.locator('[data-done="true"]').first().waitFor()),
  },
  { path: '/campaign', fill: (page) => page.locator('[data-fact="impressions"][data-value]').waitFor() },
  {
    path: '/writing',
    fill: (page) => press(page, 'Start the autopilot').then(() => page.getByText('The outline is ready').waitFor()),
  },
  {
    path: '/chat',
    fill: (page) => press(page, 'Ask the agents').then(() => page.locator('[data-message]').nth(3).waitFor()),
  },
  { path: '/lab', fill: (page) => page.getByText('impressions a second').waitFor() },
  {
    path: '/lab/wire',
    async fill(page) {
      await press(page, 'Connect')
      await press(page, 'Try all doors')
      await page.locator('.doors li b').nth(4).waitFor()
      await page.getByLabel('Somebody else').check()
      await page.getByText('not for you').waitFor()
    },
  },
  {
    path: '/lab/streams',
    async fill(page) {
      await press(page, 'Open one more')
      await press(page, 'Visit it')
      await page.locator('.log b').nth(2).waitFor()
    },
  },
  {
    path: '/lab/server',
    fill: (page) => press(page, 'Its manager').then(() => page.getByText(/Its manager: \d/).waitFor()),
  },
]

/** Steps on until that is where the keyboard goes. */
async function tabTo(page: Page, name: string): Promise<void> {
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement
      return element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element?.textContent
    })
  for (let steps = 0; (await focused()) !== name; steps++) {
    expect(steps).toBeLessThan(40)
    await page.keyboard.press('Tab')
  }
}

describe.skipIf(isBlind)('every page', () => {
  const visit = visitDemo()

  it.each(places)(
    '$path has nothing that axe calls serious, light and dark, and fits a phone and a desktop',
    async ({ path, fill }) => {
      const page = await visit().open(path, { reducedMotion: 'reduce' })
      await page.locator('.panel').first().waitFor()
      await fill?.(page)
      for (const [colorScheme, width] of looks) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.setViewportSize({ width, height: 844 })
        expect(await findings(page)).toEqual([])
        const overhang = () => document.documentElement.scrollWidth - window.innerWidth
        expect(await page.evaluate(overhang)).toBeLessThanOrEqual(0)
      }
      await page.context().close()
    },
  )

  it('can be walked through with the keyboard alone', async () => {
    const page = await visit().open('/')
    // Before the page is drawn there is nothing to go to.
    await page.getByRole('heading', { level: 1 }).or(page.getByRole('navigation')).first().waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'What is it about?' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/writing')
  })

  it('has a lab whose link is cut, blocked and slowed with the keyboard alone, and loses nothing', async () => {
    const page = await visit().open('/lab')
    await page.waitForFunction(() => (window.lab?.seen.length ?? 0) >= 3)
    await tabTo(page, 'Cut the link')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => (window.lab?.connections ?? 0) >= 2)
    await tabTo(page, 'Block SSE')
    await page.keyboard.press('Space')
    await page.waitForFunction(() => window.lab?.transport === 'websocket')
    await tabTo(page, 'None')
    const labId = await page.evaluate(() => window.lab?.labId)
    await page.keyboard.press('ArrowRight')
    const latency = async () =>
      (await visit().get<{ faults: { latencyMs: number } }>(`/api/lab/links/${labId}/log`)).faults.latencyMs
    await expect.poll(latency).toBe(300)
    await tabTo(page, 'Open six tabs')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Close the tabs' }).waitFor()
    const { seen = [], doubled } = (await page.evaluate(() => window.lab && { ...window.lab })) ?? {}
    expect({ seen, doubled }).toEqual({ seen: seen.map((_, index) => index + 1), doubled: 0 })
    await page.context().close()
  })

  it('keeps the colours that were chosen', async () => {
    const page = await visit().open('/', { colorScheme: 'light' })
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    await page.getByRole('button', { name: /^Colours: auto/ }).click()
    await page.getByRole('button', { name: /^Colours: light/ }).click()
    const dark = await ground()
    await page.reload()
    await page.getByRole('button', { name: /^Colours: dark/ }).waitFor()
    expect(await ground()).toBe(dark)
    expect(dark).not.toBe(light)
  })

  it('has nothing to complain of', () => expect(visit().complaints).toEqual([]))
})
