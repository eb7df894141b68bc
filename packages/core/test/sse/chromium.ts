import { chromium } from 'playwright-core'
import { inject } from 'vitest'

import type { Browser } from 'playwright-core'

/** Empty where there is no Chromium: then the tests that need one skip themselves, loudly, by the set-up that looked. */
export const chromiumPath = inject('chromiumPath')

const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet],
  })
}
