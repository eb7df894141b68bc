import { createServer, request } from 'node:http'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { launchChromium } from './chromium.ts'
import { killAll, removeFolders, startDemo, temporaryFolder } from './demo-process.ts'
import { isBlind } from './pages.ts'
import type { AddressInfo } from 'node:net'

const prefix = '/gateway'

/** A gateway that serves the pages at its root, and the API below a prefix alone. It keeps what was asked for beside it. */
async function openGateway(port: number): Promise<{ readonly origin: string; readonly astray: string[] }> {
  const astray: string[] = []
  const gateway = createServer((req, res) => {
    const url = req.url ?? '/'
    if (url.startsWith('/api')) astray.push(url)
    const path = url.startsWith(prefix) ? url.slice(prefix.length) : url
    const { method, headers } = req
    const forward = request({ port, path, method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    forward.on('error', () => res.destroy())
    res.on('close', () => forward.destroy())
    req.pipe(forward)
  })
  await new Promise<void>((resolve) => gateway.listen(0, resolve))
  onTestFinished(() => {
    gateway.close()
    gateway.closeAllConnections()
  })
  // It listens on TCP.
  return { origin: `http://localhost:${(gateway.address() as AddressInfo).port}`, astray }
}

afterAll(async () => {
  killAll()
  await removeFolders()
})

describe.skipIf(isBlind)('VITE_API_BASE_URL', () => {
  it('prefixes every address of the server', async () => {
    const demo = await startDemo({ PORT: '0', DATA_DIR: await temporaryFolder(), VITE_API_BASE_URL: prefix })
    const { origin, astray } = await openGateway(demo.port)
    const browser = await launchChromium()
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    const asked: string[] = []
    page.on('request', (each) => asked.push(new URL(each.url()).pathname))
    await page.goto(`${origin}/campaign`)
    await page.locator('[data-fact="impressions"][data-value]').waitFor()
    await page.goto(`${origin}/chat`)
    await page.getByText('Real-time (SSE)').waitFor()
    await page.goto(`${origin}/lab`)
    await vi.waitFor(async () => expect(await page.evaluate(() => window.lab?.seen.length)).toBeGreaterThan(3), {
      timeout: 30_000,
    })
    expect(astray).toEqual([])
    expect(asked.filter((path) => path.startsWith(`${prefix}/api/`)).length).toBeGreaterThan(8)
  })
})
