import { createServer } from 'node:http'

import { createJobProgressEvent, createRealtime } from '@steadystream/server'
import { expect, it, onTestFinished, vi } from 'vitest'

import { createStreamManager } from '../../src/index.ts'
import { createDefinedStream, jobProgress } from '../../src/presets/index.ts'
import { listen } from '../support/serve.ts'
import { numbers } from './realtime-server.ts'

const stepMs = 100
const steps = 40
/** Three seconds into the job. */
const openedAt = 30

it(
  'a job whose stream is opened 3 s after it began shows every event from the first',
  { timeout: 20_000 },
  async () => {
    const realtime = createRealtime({ authorize: () => true })
    onTestFinished(() => realtime.close())
    const server = createServer((request, response) => {
      const id = /\/api\/stream\/job-progress\/(\w+)/.exec(request.url ?? '')?.[1] ?? ''
      realtime.node(request, response, { channel: { type: 'job_progress', id } })
    })
    const { port } = await listen(server)
    const manager = createStreamManager({ baseUrl: `http://127.0.0.1:${port}` })
    onTestFinished(() => manager.cleanupAll())

    const shown: number[] = []
    const onComplete = vi.fn()
    const beganAt = performance.now()
    let waitedMs = 0
    let step = 0
    const work = setInterval(() => {
      step += 1
      if (step === steps) clearInterval(work)
      const status = step === steps ? 'completed' : 'processing'
      const event = createJobProgressEvent({
        jobId: '7',
        status,
        stage: `${step}`,
        progress: step / steps,
        message: '',
      })
      void realtime.publish({ type: 'job_progress', id: '7' }, event)
      if (step !== openedAt) return
      waitedMs = performance.now() - beganAt
      const onData = ({ stage }: { readonly stage: string }) => shown.push(Number(stage))
      createDefinedStream(jobProgress, { jobId: '7' }, { onData, onComplete }, { manager })
    }, stepMs)
    onTestFinished(() => clearInterval(work))

    await vi.waitFor(() => expect(onComplete).toHaveBeenCalled(), { timeout: 15_000 })
    expect(waitedMs).toBeGreaterThanOrEqual(2990)
    expect(shown).toEqual(numbers(1, steps))
  },
)
