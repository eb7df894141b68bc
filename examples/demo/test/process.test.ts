import { afterEach, describe, expect, it } from 'vitest'
import { killAll, launchDemo, removeFolders, startDemo, temporaryFolder } from './demo-process.ts'
import { readBlocks, readEvents, startJob } from './job-stream.ts'
import type { Block } from './job-stream.ts'

afterEach(async () => {
  killAll()
  await removeFolders()
})

describe('the process', () => {
  it('names the port and the cure when the port is taken', async () => {
    const dataDir = await temporaryFolder()
    const first = await startDemo({ PORT: '0', DATA_DIR: dataDir })
    const second = await launchDemo({ PORT: String(first.port), DATA_DIR: dataDir })
    expect(second).toEqual({
      exitCode: 1,
      lines: [
        `Port ${first.port} is taken. Stop the program that holds it, or choose another one: PORT=${first.port + 1} npm start`,
      ],
    })
  })

  it('refuses a port that is none', async () => {
    expect(await launchDemo({ PORT: '80000' })).toEqual({
      exitCode: 1,
      lines: ['PORT must be a whole number from 0 to 65535, got "80000"'],
    })
  })

  it('prints a line for each part that is ready, and for each client', async () => {
    const demo = await startDemo({ PORT: '0', DATA_DIR: await temporaryFolder() })
    const jobId = await startJob(demo.origin, { frames: 24 })
    // Reads to the end, so that the client has come and gone.
    await readEvents(demo.origin, jobId)
    await demo.kill('SIGTERM')
    const printed = demo.lines.join('\n')
    for (const part of [
      /job store ready/,
      /channel manager ready/,
      /SSE ready/,
      /WebSocket ready on \/ws and \/ws\/alerts/,
    ]) {
      expect(printed).toMatch(part)
    }
    expect(printed).toMatch(/client connected clientId=sse_\S+ /)
    expect(printed).toMatch(/client disconnected clientId=sse_\S+ .*eventsSent=\d+ durationMs=\d+/)
    expect(printed).toMatch(/complete, 24 frames/)
  })

  it('tells its viewers on SIGTERM, and ends by itself', async () => {
    const demo = await startDemo({ PORT: '0', DATA_DIR: await temporaryFolder() })
    const jobId = await startJob(demo.origin)
    const blocks: Block[] = []
    let exited: Promise<number | string> | undefined
    for await (const block of readBlocks(demo.origin, jobId)) {
      blocks.push(block)
      if (block.data?.includes('"stage":"rendering"')) exited ??= demo.kill('SIGTERM')
    }
    expect(await exited).toBe(0)
    const last = blocks.at(-1)
    expect(last?.event).toBe('steadystream.close')
    expect(JSON.parse(last?.data ?? '')).toMatchObject({ code: 3001, reconnect: true })
  })

  it('goes on after SIGKILL at the next frame, and publishes no number twice', async () => {
    const dataDir = await temporaryFolder()
    const first = await startDemo({ PORT: '0', DATA_DIR: dataDir })
    const jobId = await startJob(first.origin, { frames: 36 })
    const before: number[] = []
    try {
      for await (const { data, event } of readBlocks(first.origin, jobId)) {
        const progress: unknown = event === undefined && data !== undefined ? JSON.parse(data) : undefined
        const { stage, currentFrame } = (progress ?? {}) as { stage?: string; currentFrame?: number }
        if (stage === 'rendering' && currentFrame !== undefined) before.push(currentFrame)
        if (before.length === 6) await first.kill('SIGKILL')
      }
    } catch {
      // The killed server's socket.
    }
    const second = await startDemo({ PORT: '0', DATA_DIR: dataDir })
    const events = await readEvents(second.origin, jobId)
    const after = events.filter(({ data }) => data.stage === 'rendering').map(({ data }) => data.currentFrame)
    const next = after[0] ?? 0
    expect(next).toBeGreaterThan(before.at(-1) ?? 0)
    expect(after).toEqual(Array.from({ length: 36 - next + 1 }, (_, index) => next + index))
    expect(events[0]?.data).toMatchObject({ stage: 'rendering', currentFrame: next })

    // A third process, for which the channel is history: it still knows how the job ended.
    await second.kill('SIGTERM')
    const third = await startDemo({ PORT: '0', DATA_DIR: dataDir })
    const [late, later] = await Promise.all([readEvents(third.origin, jobId), readEvents(third.origin, jobId)])
    expect(late).toMatchObject([{ data: { stage: 'complete', currentFrame: 36, progress: 1 } }])
    expect(later).toEqual(late)
  })
})
