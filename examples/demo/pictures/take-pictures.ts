import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { findProgram, howToGet } from '../../../scripts/programs.mjs'
import { killAll, removeFolders, startDemo, temporaryFolder } from '../test/demo-process.ts'
import { scenes } from './scenes.ts'
import type { Browser } from 'playwright-core'
import type { Scene } from './scenes.ts'

const images = fileURLToPath(new URL('../../../docs/images/', import.meta.url))
const folder = process.env['PICTURES_DIR'] || images
const widths = { desktop: 1280, phone: 390 } as const
const looks = ['light', 'dark'] as const
const shot = { type: 'jpeg', quality: 72, fullPage: true, animations: 'disabled' } as const

/** Played once for each width; both looks are of the same moment. */
async function take(browser: Browser, origin: string, scene: Scene): Promise<void> {
  for (const [device, width] of Object.entries(widths)) {
    const context = await browser.newContext({ baseURL: origin, viewport: { width, height: 860 } })
    const page = await context.newPage()
    page.on('pageerror', (error) => console.error(scene.name, device, error))
    await page.goto(scene.path)
    await page.locator('.panel').first().waitFor()
    await scene.play(page)
    // Nothing under the mouse, and nothing half-way from light to dark.
    await page.mouse.move(0, 0)
    const briefly = device === 'desktop' ? (['light'] as const) : (['dark'] as const)
    for (const colorScheme of scene.isBrief ? briefly : looks) {
      const name = `${scene.name}-${colorScheme}-${device}.jpg`
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(folder, name), ...shot })
      console.log(name)
    }
    await context.close()
  }
}

/** Takes the pictures of docs/pictures.md anew: all of them, or those of the scenes that are named. */
const wanted = process.argv.slice(2)
const executablePath = await findProgram('chromium')
if (!executablePath) throw new Error(`No Chromium found. To take pictures, ${howToGet('chromium')}.`)
await mkdir(folder, { recursive: true })
const demo = await startDemo({ PORT: '0', DATA_DIR: await temporaryFolder() })
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  for (const scene of scenes) {
    if (wanted.length === 0 || wanted.includes(scene.name)) await take(browser, demo.origin, scene)
  }
} finally {
  await browser.close()
  killAll()
  await removeFolders()
}
