import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { launchChromium } from './chromium.ts'
import { isBlind } from './pages.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const isBuilt = ['core', 'server'].every((name) => existsSync(`${root}/packages/${name}/dist/index.js`))

async function startVanilla(port: string): Promise<{ origin: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, ['examples/vanilla/serve.mjs'], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', PORT: port },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  onTestFinished(stop)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { origin: /http:\S+/.exec(line)?.[0] ?? '', stop }
}

describe.skipIf(isBlind || !isBuilt)('the vanilla example', () => {
  it('runs in a browser without a bundler, and goes on with a server that was restarted', async () => {
    const first = await startVanilla('0')
    const browser = await launchChromium()
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(first.origin)
    await page.locator('#count', { hasText: /\d/ }).waitFor()
    await first.stop()
    await page.locator('#state', { hasText: 'retrying' }).waitFor()
    await startVanilla(new URL(first.origin).port)
    await page.locator('#state', { hasText: 'connected' }).waitFor()
    await vi.waitFor(async () => expect(await page.locator('#log').textContent()).toContain('lost:'), {
      timeout: 20_000,
    })
    expect(complaints).toEqual([])
  })
})
