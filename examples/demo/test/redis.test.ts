import { afterEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { startRedis } from '../../../packages/server/test/support/redis-server.ts'
import { killAll, launchDemo, removeFolders, startDemo, temporaryFolder } from './demo-process.ts'
import { startJob } from './job-stream.ts'

afterEach(async () => {
  killAll()
  await removeFolders()
})

describe.skipIf(!inject('redisPath'))('two processes of the demo on one Redis', () => {
  it('show the job of one to the viewers of the other', { timeout: 40_000 }, async () => {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const env = { PORT: '0', DATA_DIR: await temporaryFolder(), REDIS_URL: redis.url }
    const start = () => startDemo(env)
    const [here, there] = await Promise.all([start(), start()])
    expect(here.lines.join('\n')).toMatch(/channel manager ready, on Redis/)
    const jobId = await startJob(here.origin, { frames: 24 })
    const socket = new WebSocket(`ws://localhost:${there.port}/ws?userId=ann&jobId=${jobId}`)
    const texts: string[] = []
    await new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (texts.push(String(data)) && /"completed?"/.test(String(data))) resolve()
      })
    })
    socket.terminate()
    expect(texts.filter((text) => text.includes(jobId)).length).toBeGreaterThan(1)
    expect(await there.kill('SIGTERM')).toBe(0)
    expect(await here.kill('SIGTERM')).toBe(0)
  })

  it('refuse a REDIS_URL that is none', async () => {
    expect(await launchDemo({ REDIS_URL: 'localhost:6379' })).toEqual({
      exitCode: 1,
      lines: ['REDIS_URL must begin with redis:// or rediss://'],
    })
  })
})
