import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { chromiumPath, launchChromium } from '../../demo/test/chromium.ts'
import type { Page } from 'playwright-core'

const folder = fileURLToPath(new URL('..', import.meta.url))
const packages = fileURLToPath(new URL('../../../packages', import.meta.url))
const isBuilt = ['core', 'react', 'server'].every((name) => existsSync(`${packages}/${name}/dist/index.js`))
const patience = { timeout: 60_000, interval: 200 }

/** The example under `next dev`, which compiles what is asked for and nothing else. */
async function startNext(): Promise<string> {
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
  const child = spawn(process.execPath, [next, 'dev', '--port', '0', '--hostname', '127.0.0.1'], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'development', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const [address] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(line) ?? []
    if (address) return address
  }
  throw new Error('next dev has ended')
}

const shownIn = (page: Page) => page.locator('li').allTextContents()

describe.skipIf(chromiumPath === '' || !isBuilt)('the Next.js example', () => {
  it('streams messages to pages by a route handler, each once, and notices who leaves', async () => {
    const origin = await startNext()
    const browser = await launchChromium()
    onTestFinished(() => browser.close())
    const open = async () => {
      const page = await browser.newPage()
      page.setDefaultTimeout(patience.timeout)
      await page.goto(origin)
      await page.getByText('Real-time (SSE)').waitFor()
      return page
    }
    const generate = async () =>
      (await (await fetch(`${origin}/api/chat/generate`, { method: 'POST' })).json()) as {
        messages: { agentId: string; content: string }[]
      }
    const [page, other] = [await open(), await open()]
    await page.getByRole('button', { name: 'Ask the agents' }).click()
    await vi.waitFor(async () => expect(await shownIn(other)).toHaveLength(2), patience)
    await vi.waitFor(async () => expect(JSON.stringify(await generate())).toContain('2 listeners'), patience)

    await other.close()
    await vi.waitFor(async () => expect(JSON.stringify(await generate())).toContain('1 listener '), patience)
    const kept = await (await fetch(`${origin}/api/chat/messages`)).json()
    const { messages } = kept as Awaited<ReturnType<typeof generate>>
    const all = messages.map(({ agentId, content }) => `${agentId} ${content}`)
    await vi.waitFor(async () => expect(await shownIn(page)).toEqual(all), patience)
  })
})
