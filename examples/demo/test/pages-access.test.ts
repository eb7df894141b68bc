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

const paths = ['/', '/script', '/campaign', '/writing', '/chat', '/lab'] as const
const rooms = ['/lab/wire', '/lab/streams', '/lab/server'] as const

/** Of the same colours and controls as the other pages: each width and each look once. */
const roomLooks = [looks[0], looks[3]] as const

describe.skipIf(isBlind)('every page', () => {
  const visit = visitDemo()

  it.each([...paths.map((path) => [path, looks] as const), ...rooms.map((path) => [path, roomLooks] as const)])(
    '%s has nothing that axe calls serious, light and dark, and fits a phone and a desktop',
    async (path, all) => {
      for (const [colorScheme, width] of all) {
        const page = await visit().open(path, { colorScheme, viewport: { width, height: 844 } })
        await page.locator('.panel').first().waitFor()
        expect(await findings(page)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
          0,
        )
        await page.context().close()
      }
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
