import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { inject } from 'vitest'
import type { Browser, Page } from 'playwright-core'

/** Empty where there is no Chromium: then the tests that need one are skipped, loudly, by the set-up that looked. */
export const chromiumPath = inject('chromiumPath')

const results = new URL('../../../test-results/', import.meta.url)

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export async function saveScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(results, { recursive: true })
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, results)), fullPage: true })
}
