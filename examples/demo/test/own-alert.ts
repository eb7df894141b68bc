import { expect, vi } from 'vitest'
import type { Page } from 'playwright-core'

const patience = { timeout: 30_000, interval: 100 }

/** Of the console's own form: with every field that the factory gives it. */
export async function expectOwnAlert(
  page: Page,
  messages: (type: string) => Promise<Record<string, unknown>[]>,
): Promise<void> {
  await page.getByLabel('Title').fill('A <b>bold</b> kettle')
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await vi.waitFor(async () => expect(await messages('alert')).toHaveLength(1), patience)
  expect((await messages('alert'))[0]).toEqual({
    ...{ type: 'alert', severity: 'info', category: 'kitchen', title: 'A <b>bold</b> kettle' },
    ...{ message: 'Somebody should look after it.', actionRequired: true, entityId: 'lab', entityType: 'page' },
    alertId: expect.stringMatching(/^alert_/) as string,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
  })
}
