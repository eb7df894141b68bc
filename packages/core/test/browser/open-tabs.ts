import { chromium } from 'playwright-core'
import { expect, onTestFinished, vi } from 'vitest'

import { chromiumPath } from '../sse/chromium.ts'

import type { BrowserContext, Page } from 'playwright-core'

/** What a tab tells of itself, in `window.tab`. */
interface TabRecord {
  readonly numbers: number[]
  readonly log: string[]
  /** When it dialled the server, by the wall clock. */
  readonly dials: number[]
}

declare global {
  interface Window {
    tab: TabRecord
  }
}

/** One window of Chromium, with the cache that a page may come back from. */
export async function openBrowser(): Promise<BrowserContext> {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  onTestFinished(() => browser.close())
  return browser.newContext()
}

/** Opens a tab that follows the numbers of whoever `login` is, over one connection with the other tabs of his. */
export async function openTab(context: BrowserContext, origin: string, login: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(origin)
  await page.evaluate(follow, login)
  await vi.waitFor(async () => expect(await logOf(page)).toContain('connected opened'), 20_000)
  return page
}

/** Runs in the page. */
function follow(login: string): void {
  const { createEnhancedSSEStream, shareAcrossTabs } = window.steadystream
  const tab: TabRecord = { numbers: [], log: [], dials: [] }
  window.tab = tab
  createEnhancedSSEStream<number>(
    '/mine',
    {
      onData: (number) => void tab.numbers.push(number),
      onGap: ({ kind }) => void tab.log.push(`gap ${kind}`),
      onError: ({ code }) => void tab.log.push(`error ${code}`),
      onStateChange: ({ state, reason }) => void tab.log.push(`${state} ${reason}`),
    },
    {
      headers: { authorization: login },
      tabs: shareAcrossTabs({ identity: login }),
      fetch(input, init) {
        tab.dials.push(Date.now())
        return fetch(input, init)
      },
    },
  )
}

export const numbersOf = (page: Page): Promise<number[]> => page.evaluate(() => window.tab.numbers)
export const logOf = (page: Page): Promise<string[]> => page.evaluate(() => window.tab.log)
const lastDialOf = (page: Page): Promise<number> => page.evaluate(() => window.tab.dials.at(-1) ?? 0)

/** The tab that dialled last. */
export async function leaderOf(pages: readonly Page[]): Promise<Page> {
  const dials = await Promise.all(pages.map(lastDialOf))
  const leader = pages[dials.indexOf(Math.max(...dials))]
  if (!leader) throw new Error('there are no tabs')
  return leader
}

/** Waits until every tab has had it. */
export async function waitForNumber(pages: readonly Page[], number: number, withinMs = 20_000): Promise<void> {
  for (const page of pages) await vi.waitFor(async () => expect((await numbersOf(page)).at(-1)).toBe(number), withinMs)
}
