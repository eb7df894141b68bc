import { describe, expect, it, vi } from 'vitest'
import { isBlind, visitDemo } from './pages.ts'
import type { AgentMessage } from '@steadystream/core/presets'
import type { Page } from 'playwright-core'

const patience = { timeout: 30_000, interval: 200 }

async function shownMessages(page: Page): Promise<(string | null)[]> {
  return page.locator('[data-message]').evaluateAll((all) => all.map((each) => each.getAttribute('data-message')))
}

describe.skipIf(isBlind)('the agents’ chat', () => {
  const visit = visitDemo()
  const kept = async () =>
    (await visit().get<{ messages: AgentMessage[] }>('/api/chat/messages')).messages.map(({ id }) => id)

  async function ask(page: Page): Promise<void> {
    const before = (await kept()).length
    await vi.waitFor(async () => {
      await page.getByRole('button', { name: 'Ask the agents' }).click()
      expect((await kept()).length).toBe(before + 4)
    }, patience)
  }

  it('shows every message once, through a cut, in all three layouts', async () => {
    const page = await visit().open('/chat')
    await page.getByText('Real-time (SSE)').waitFor()
    await ask(page)
    await vi.waitFor(async () => expect(await shownMessages(page)).toEqual(await kept()), patience)
    // What is said while the link is down comes when it is up again.
    await page.getByRole('button', { name: 'Cut all' }).click()
    await ask(page)
    await vi.waitFor(async () => expect(await shownMessages(page)).toEqual(await kept()), patience)
    await page.locator('label', { hasText: 'Below' }).click()
    await vi.waitFor(async () => {
      expect(await page.locator('.agent-chat').count()).toBe(4)
      expect(new Set(await shownMessages(page))).toEqual(new Set(await kept()))
    }, patience)
    await page.locator('label', { hasText: 'Alone' }).click()
    await page.locator('.chat-alone').waitFor()
    await vi.waitFor(async () => expect(await shownMessages(page)).toEqual(await kept()), patience)
  })

  it('polls where event streams are blocked, says so, and comes back when they are not', async () => {
    const page = await visit().open('/chat')
    await page.getByText('Real-time (SSE)').waitFor()
    await page.getByRole('button', { name: 'Block event streams' }).click()
    await page.getByText('Polling (fallback)').waitFor()
    // The page finds them blocked again.
    await page.reload()
    await page.locator('button[aria-pressed="true"]', { hasText: 'Block event streams' }).waitFor()
    await page.getByText('Polling (fallback)').waitFor()
    await ask(page)
    await vi.waitFor(async () => expect(new Set(await shownMessages(page))).toEqual(new Set(await kept())), patience)
    await page.getByRole('button', { name: 'Block event streams' }).click()
    // A better transport is tried again after half a minute, and up to half as much.
    await page.getByText('Real-time (SSE)').waitFor({ timeout: 70_000 })
    await ask(page)
    await vi.waitFor(async () => expect(new Set(await shownMessages(page))).toEqual(new Set(await kept())), patience)
    const shown = await shownMessages(page)
    expect(new Set(shown).size).toBe(shown.length)
  })

  it('reads the last word of an agent wherever one looks', async () => {
    const page = await visit().open('/chat')
    await page.locator('label', { hasText: 'Alone' }).click()
    const word = page.locator('[data-fact="last-word"]')
    // The state of all streams of the page: this one hears only what comes once it is connected.
    await page.locator('.light[data-state="connected"]').waitFor()
    await ask(page)
    const { messages } = await visit().get<{ messages: AgentMessage[] }>('/api/chat/messages')
    const last = messages.at(-1)
    await vi.waitFor(async () => expect(await word.textContent()).toBe(`${last?.agentId}, ${last?.content}`), patience)
  })

  it('speaks of what the studio says', async () => {
    const page = await visit().open('/chat')
    await ask(page)
    const { metrics } = await visit().get<{ metrics: { spend: number } }>('/api/campaigns/spring/log')
    const said = await page.locator('[data-agent="budget"] p:last-child').last().textContent()
    const spent = Number(/([\d.]+)\s€ spent/.exec(said ?? '')?.[1])
    expect(spent).toBeGreaterThan(0)
    expect(spent).toBeLessThanOrEqual(metrics.spend)
  })

  it('has nothing to complain of', () => expect(visit().complaints).toEqual([]))
})
