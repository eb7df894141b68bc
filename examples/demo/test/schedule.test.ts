import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { launchChromium } from './chromium.ts'
import { removeFolders } from './demo-process.ts'
import { startServer } from './demo-server.ts'
import { isBlind } from './pages.ts'
import { take } from './sse-events.ts'
import type { AgentMessage } from '@steadystream/core/presets'
import type { Browser } from 'playwright-core'
import type { DemoServer } from '../src/server.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const patience = { timeout: 30_000, interval: 100 }

let server: DemoServer
let origin: string

beforeAll(async () => {
  server = await startServer({ settings: { chatEveryMs: 1000, keepAliveMs: 500 } })
  origin = `http://localhost:${server.port}`
})

afterAll(async () => {
  await server.close()
  await removeFolders()
})

async function examine(): Promise<{ printed: string; code: unknown }> {
  const doctor = spawn(
    process.execPath,
    [
      ...['--import', 'tsx', '--conditions=@steadystream/source', 'packages/server/src/doctor/cli.ts'],
      ...[origin, '--sse', '/api/chat/stream', '--trigger', 'POST /api/chat/generate'],
    ],
    { cwd: root, env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [printed, [code]] = await Promise.all([text(doctor.stdout), once(doctor, 'close')])
  return { printed, code }
}

describe('the agents', () => {
  it('speaks on schedule, without anybody asking', async () => {
    const messages = await take<AgentMessage>(`${origin}/api/chat/stream`, 8)
    const [first, second] = [messages[0], messages[4]]
    expect(messages.map(({ agentId }) => agentId).slice(0, 4)).toEqual(messages.map(({ agentId }) => agentId).slice(4))
    const between = Date.parse(second?.timestamp ?? '') - Date.parse(first?.timestamp ?? '')
    expect(between).toBeGreaterThan(700)
  })

  it('is examined by the doctor, which has a message made and sees it arrive', async () => {
    const { printed, code } = await examine()
    expect(printed).not.toContain('✗')
    expect(printed).toMatch(/✓ trigger/)
    expect(printed).toMatch(/✓ event/)
    expect(printed).toMatch(/✓ heartbeat/)
    expect(code).toBe(0)
  })
})

describe.skipIf(isBlind)('the page of the agents', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchChromium()
  })

  afterAll(() => browser.close())

  it('shows what is said on schedule and what the doctor has them say, each once, while nobody clicks', async () => {
    const page = await browser.newPage()
    const posts: string[] = []
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()))
    await page.goto(`${origin}/chat`)
    await page.getByText('Real-time (SSE)').waitFor()
    const shown = () =>
      page.locator('[data-message]').evaluateAll((all) => all.map((each) => each.getAttribute('data-message')))
    const before = (await shown()).length
    await vi.waitFor(async () => expect((await shown()).length).toBeGreaterThanOrEqual(before + 8), patience)
    expect((await examine()).code).toBe(0)
    await vi.waitFor(async () => {
      const response = await fetch(`${origin}/api/chat/messages`)
      const { messages } = (await response.json()) as { messages: AgentMessage[] }
      // As many as the hook keeps of each of the four; what was said meanwhile comes with the next look.
      expect(await shown()).toEqual(messages.slice(-80).map(({ id }) => id))
    }, patience)
    expect(posts).toEqual([])
  })
})
