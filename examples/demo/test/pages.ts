import { afterAll, beforeAll } from 'vitest'
import { chromiumPath, launchChromium } from './chromium.ts'
import { killAll, removeFolders, startDemo, temporaryFolder } from './demo-process.ts'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { DemoProcess } from './demo-process.ts'

/** A running demo and a browser that looks at it. */
export interface Visit {
  readonly demo: DemoProcess
  /** A page of a visitor of its own, with a patience that fits a busy machine. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>
  /** What the pages complained of so far. */
  readonly complaints: readonly string[]
  post<T>(path: string, body?: object): Promise<T>
  get<T>(path: string): Promise<T>
}

const patienceMs = 60_000

/** Whether there is no browser to look with. */
export const isBlind = chromiumPath === ''

/** One demo and one browser for all tests of a file. */
export function visitDemo(env: Record<string, string> = {}): () => Visit {
  let visit: Visit | undefined
  let browser: Browser | undefined
  beforeAll(async () => {
    if (isBlind) return
    const demo = await startDemo({ PORT: '0', DATA_DIR: await temporaryFolder(), PACE_MS: '60', ...env })
    browser = await launchChromium()
    visit = visitTo(demo, browser)
  })
  afterAll(async () => {
    await browser?.close()
    killAll()
    await removeFolders()
  })
  return () => {
    if (!visit) throw new Error('the demo is not running')
    return visit
  }
}

function visitTo(demo: DemoProcess, browser: Browser): Visit {
  const complaints: string[] = []
  const request = async <T>(path: string, init?: RequestInit): Promise<T> =>
    (await (await fetch(demo.origin + path, init)).json()) as T
  return {
    demo,
    complaints,
    async open(path, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })
      context.setDefaultTimeout(patienceMs)
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.goto(demo.origin + path)
      return page
    },
    post: (path, body = {}) =>
      request(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    get: (path) => request(path),
  }
}

/** The text of a figure on the page. */
export const fact = (page: Page, name: string) => page.locator(`[data-fact="${name}"]`)

/** The first request of a page whose address holds this text, as an address to read again. */
export async function requested(page: Page, part: string, act: () => Promise<unknown>): Promise<string> {
  const [request] = await Promise.all([page.waitForRequest((each) => each.url().includes(part)), act()])
  return request.url()
}
