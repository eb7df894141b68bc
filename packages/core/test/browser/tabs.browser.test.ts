import { expect, test, vi } from 'vitest'

import { chromiumPath } from '../sse/chromium.ts'
import { leaderOf, logOf, numbersOf, openBrowser, openTab, waitForNumber } from './open-tabs.ts'
import { servePages } from './page-server.ts'

import type { BrowserContext, Page } from 'playwright-core'
import type { PageServer } from './page-server.ts'

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)

async function openTabs(context: BrowserContext, origin: string, count: number): Promise<Page[]> {
  const pages: Page[] = []
  for (let n = 0; n < count; n++) pages.push(await openTab(context, origin, 'ann'))
  return pages
}

/** So many tabs over one connection, who have had the first ten numbers. */
async function openGroup(count: number) {
  const server = await servePages()
  const context = await openBrowser()
  const pages = await openTabs(context, server.origin, count)
  expect([server.links.open, server.links.ever]).toEqual([1, 1])
  await publish(server, 1, 10)
  await expectAll(pages, 10)
  return { server, context, pages, leader: await leaderOf(pages) }
}

const publish = async ({ realtime }: PageServer, from: number, to: number) => {
  for (const n of numbers(from, to)) await realtime.publish('numbers-ann', n)
}

const others = (pages: readonly Page[], left: Page) => pages.filter((each) => each !== left)

async function expectAll(pages: readonly Page[], last: number): Promise<void> {
  await waitForNumber(pages, last)
  for (const page of pages) {
    expect(await numbersOf(page)).toEqual(numbers(1, last))
    expect((await logOf(page)).filter((line) => /gap|error/.test(line))).toEqual([])
  }
}

test.skipIf(chromiumPath === '')(
  'six tabs have one connection, and lose nothing when the one that holds it is killed',
  async () => {
    const { server, context, pages, leader } = await openGroup(6)
    const rest = others(pages, leader)
    const crashed = new Promise((resolve) => leader.once('crash', resolve))
    const session = await context.newCDPSession(leader)
    void session.send('Page.crash').catch(() => {})
    await crashed
    const killedAt = Date.now()
    await publish(server, 11, 40)
    await waitForNumber(rest, 40, 2000)
    const tookMs = Date.now() - killedAt
    expect(tookMs).toBeLessThan(2000)
    await publish(server, 41, 60)
    await expectAll(rest, 60)
    await vi.waitFor(() => expect(server.links.open).toBe(1))
    expect(server.links.ever).toBe(2)
  },
)

test.skipIf(chromiumPath === '')('a leader that is frozen is replaced, and follows when it thaws', async () => {
  const { server, context, pages, leader } = await openGroup(6)
  const session = await context.newCDPSession(leader)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  await publish(server, 11, 20)
  await expectAll(others(pages, leader), 20)
  await session.send('Page.setWebLifecycleState', { state: 'active' })
  await publish(server, 21, 30)
  await expectAll(pages, 30)
  expect(server.links.open).toBe(1)
})

test.skipIf(chromiumPath === '')(
  'a leader that stands still without a word is replaced, and follows when it goes on',
  async () => {
    const { server, pages, leader } = await openGroup(3)
    // Nothing else runs in a page while it waits for the answer to this.
    const standstill = leader.evaluate(() => {
      const request = new XMLHttpRequest()
      request.open('GET', '/held', false)
      request.send()
    })
    await publish(server, 11, 20)
    await expectAll(others(pages, leader), 20)
    server.release()
    await standstill
    await publish(server, 21, 30)
    await expectAll(pages, 30)
    await vi.waitFor(() => expect(server.links.open).toBe(1), 5000)
  },
)

test.skipIf(chromiumPath === '')(
  'a leader that goes to the back/forward cache hands over, and follows when it comes back',
  async () => {
    const { server, pages, leader } = await openGroup(3)
    await leader.goto(`${server.origin}/away`)
    await publish(server, 11, 20)
    await expectAll(others(pages, leader), 20)
    await leader.evaluate(() => history.back())
    // The same page as before, and not loaded anew.
    await vi.waitFor(async () => expect(await logOf(leader)).toContain('retrying bfcache'), 10_000)
    await publish(server, 21, 30)
    await expectAll(pages, 30)
    expect(server.links.open).toBe(1)
  },
)

test.skipIf(chromiumPath === '')('twenty tabs have one connection', async () => {
  const { server, pages } = await openGroup(20)
  await publish(server, 11, 20)
  await expectAll(pages, 20)
  expect([server.links.open, server.links.ever]).toEqual([1, 1])
})

test.skipIf(chromiumPath === '')('two logins have two connections, and nothing crosses', async () => {
  const server = await servePages()
  const context = await openBrowser()
  const ann = [await openTab(context, server.origin, 'ann'), await openTab(context, server.origin, 'ann')]
  const ben = [await openTab(context, server.origin, 'ben'), await openTab(context, server.origin, 'ben')]
  expect([server.links.open, server.links.ever]).toEqual([2, 2])
  await publish(server, 1, 10)
  for (const n of numbers(101, 110)) await server.realtime.publish('numbers-ben', n)
  await expectAll(ann, 10)
  await waitForNumber(ben, 110)
  for (const page of ben) expect(await numbersOf(page)).toEqual(numbers(101, 110))
})
