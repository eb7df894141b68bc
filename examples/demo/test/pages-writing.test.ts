import { autopilot, generation } from '@steadystream/core/presets'
import { describe, expect, it, vi } from 'vitest'
import { fact, isBlind, requested, visitDemo } from './pages.ts'
import { collect } from './sse-events.ts'
import type { AutopilotEvent, GenerationEvent } from '@steadystream/core/presets'

const patience = { timeout: 30_000, interval: 200 }

describe.skipIf(isBlind)('the writing desk', () => {
  const visit = visitDemo({ PACE_MS: '150' })

  it('searches, waits when told to, plans, and writes block by block what the server sent, through two cuts', async () => {
    const page = await visit().open('/writing')
    await page.getByLabel('Write in the house style').check()
    const taskUrl = await requested(page, '/autopilot/stream', () =>
      page.getByRole('button', { name: 'Start the autopilot' }).click(),
    )
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('The autopilot waits').waitFor()
    await page.getByRole('button', { name: 'Cut all' }).click()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText('The outline is ready').waitFor()
    const task = (await collect<AutopilotEvent>(taskUrl)).reduce(autopilot.reduce, autopilot.initial)
    for (const name of ['hits', 'verified', 'sections'] as const) {
      expect(await fact(page, name).textContent()).toBe(String(task.stats?.[name]))
    }

    const streamUrl = await requested(page, '/generation/stream', () =>
      page.getByRole('button', { name: 'Write the article' }).click(),
    )
    await page.locator('[data-block="section-1-text"]').waitFor()
    await page.getByRole('button', { name: 'Cut all' }).click()
    await page.getByRole('button', { name: 'Write again' }).waitFor()
    const { blocks } = (await collect<GenerationEvent>(streamUrl)).reduce(generation.reduce, generation.initial)
    const plain = (text: string) => text.replace(/^#+ /, '').replace(/\[(\w+)\]/g, '$1')
    const shown = await page
      .locator('[data-block]')
      .evaluateAll((elements) =>
        elements.map((element) => element.querySelector('p')?.textContent ?? element.textContent),
      )
    expect(shown).toEqual(blocks.map(({ text }) => plain(text)))
    const cites = blocks.flatMap((block) => block.cites)
    expect(cites.length).toBeGreaterThan(3)
    expect(await page.locator('.cites li').count()).toBe(cites.length)
  })

  it('stops the autopilot, and can be minimized', async () => {
    const page = await visit().open('/writing')
    await page.getByRole('button', { name: 'Start the autopilot' }).click()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('The autopilot has ended').waitFor()
    expect(await page.getByRole('button', { name: 'Write the article' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Minimize' }).click()
    await page.getByRole('button', { name: /^Autopilot: failed/ }).click()
    await page.getByText('The autopilot has ended').waitFor()
  })

  it('says so when nothing is to be found', async () => {
    const page = await visit().open('/writing')
    await page.getByLabel('Topic').fill('xylophones')
    await page.getByRole('button', { name: 'Start the autopilot' }).click()
    await page.getByText('Nothing in the collection is about “xylophones”.').waitFor()
  })

  it('tells what happens inside where debugging is on', async () => {
    const page = await visit().open('/writing')
    await page.evaluate(() => localStorage.setItem('debug', 'streaming:*'))
    const lines: string[] = []
    page.on('console', (message) => lines.push(message.text()))
    await page.reload()
    await page.getByRole('button', { name: 'Start the autopilot' }).click()
    await vi.waitFor(() => expect(lines.join('\n')).toContain('streaming:'), patience)
  })

  it('has nothing to complain of', () => expect(visit().complaints).toEqual([]))
})
