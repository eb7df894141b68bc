import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, launchChromium } from './chromium.ts'
import { killAll, removeFolders, startDemo, temporaryFolder } from './demo-process.ts'
import { readBlocks, readEvents, startJob } from './job-stream.ts'
import type { DemoProcess } from './demo-process.ts'
import type { Block } from './job-stream.ts'

declare global {
  interface Window {
    /** Put there by the test. */
    native: { events: { id: string; data: unknown }[]; opened: number; readyState: () => number }
  }
}

let demo: DemoProcess

beforeAll(async () => {
  demo = await startDemo({ PORT: '0', DATA_DIR: await temporaryFolder(), KEEP_ALIVE_MS: '100' })
})

afterAll(async () => {
  killAll()
  await removeFolders()
})

describe.skipIf(chromiumPath === '')('a native EventSource', () => {
  it('receives the same events, resumes by itself after a cut, and stops after completion', async () => {
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      await page.goto(demo.origin)
      const jobId = await startJob(demo.origin, { frames: 24 })
      await page.evaluate((id) => {
        const source = new EventSource(`/api/stream/render-progress/${id}`)
        window.native = { events: [], opened: 0, readyState: () => source.readyState }
        source.addEventListener('open', () => (window.native.opened += 1))
        source.addEventListener('message', ({ lastEventId, data }: MessageEvent<string>) => {
          window.native.events.push({ id: lastEventId, data: JSON.parse(data) })
        })
      }, jobId)
      await page.waitForFunction(() => window.native.events.length >= 8)
      const cut = await cutSessions(jobId)
      await page.waitForFunction(() => window.native.readyState() === EventSource.CLOSED)

      const { events, opened } = await page.evaluate(() => ({
        events: window.native.events,
        opened: window.native.opened,
      }))
      expect(cut).toBe(1)
      expect(opened).toBe(2)
      expect(events).toEqual(await readEvents(demo.origin, jobId))
    } finally {
      await browser.close()
    }
  })
})

async function cutSessions(jobId: string): Promise<number> {
  const response = await fetch(`${demo.origin}/api/lab/cut`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jobId }),
  })
  const { sessions } = (await response.json()) as { sessions: number }
  return sessions
}

describe('a raw read', () => {
  it('shows ids, JSON data, and keep-alive comments while nothing happens', async () => {
    const busy = await startJob(demo.origin, { frames: 30 })
    // Waits behind the first job: quiet, so that keep-alives are due.
    const waiting = await startJob(demo.origin, { frames: 24 })
    const blocks: Block[] = []
    for await (const block of readBlocks(demo.origin, waiting)) {
      blocks.push(block)
      if (blocks.length === 5) break
    }
    expect(busy).not.toBe(waiting)
    expect(blocks).toEqual([
      { comment: expect.any(String) },
      { id: expect.stringMatching(/^[\w-]+:0$/), event: 'steadystream.connected', data: expect.any(String) },
      { id: expect.stringMatching(/^[\w-]+:1$/), data: expect.stringContaining('"stage":"preparing"') },
      { comment: expect.any(String) },
      { comment: expect.any(String) },
    ])
  })

  it('shows each frame exactly once, in order, through all stages to the end', async () => {
    const jobId = await startJob(demo.origin, { frames: 24 })
    const events = await readEvents(demo.origin, jobId)
    const frames = events.filter(({ data }) => data.stage === 'rendering').map(({ data }) => data.currentFrame)
    expect(frames).toEqual(Array.from({ length: 24 }, (_, index) => index + 1))
    expect([...new Set(events.map(({ data }) => data.stage))]).toEqual([
      'preparing',
      'rendering',
      'encoding',
      'uploading',
      'complete',
    ])
    expect(events.map(({ id }) => Number(id.split(':')[1]))).toEqual(events.map((_, index) => index + 1))
    const progress = events.map(({ data }) => data.progress)
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
    expect(progress.at(-1)).toBe(1)
  })

  it('answers 204 to a client that has seen the end', async () => {
    const jobId = await startJob(demo.origin, { frames: 24 })
    const last = (await readEvents(demo.origin, jobId)).at(-1)
    const response = await fetch(`${demo.origin}/api/stream/render-progress/${jobId}`, {
      headers: { 'Last-Event-ID': last?.id ?? '' },
    })
    expect(response.status).toBe(204)
  })
})
