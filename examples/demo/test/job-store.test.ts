import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createJobRunner } from '../src/jobs/job-runner.ts'
import { openJobStore } from '../src/jobs/job-store.ts'
import { removeFolders, temporaryFolder } from './demo-process.ts'
import type { Renderer } from '../src/render/renderer.ts'

afterEach(removeFolders)

const noBroken = (name: string) => {
  throw new Error(`${name} should be readable`)
}

/** Writes files as the worker does, without drawing; `log` gets every task. */
function scriptedRenderer(log: string[]): Renderer {
  return {
    async run(task) {
      log.push(task.kind === 'frame' ? `draw ${task.number}` : 'encode')
      await writeFile(task.file, 'abc')
      return { bytes: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }
    },
    async stop() {},
  }
}

describe('the job store', () => {
  it('finds again what it wrote, oldest first', async () => {
    const folder = await temporaryFolder()
    const store = await openJobStore(folder, noBroken)
    const first = await store.create({ frames: 24, title: 'One' })
    const second = { ...(await store.create({ frames: 30, title: 'Two' })), createdAt: '2999-01-01T00:00:00.000Z' }
    await store.update({ ...first, stage: 'rendering', renderedFrames: 7 })
    await store.update(second)
    const reopened = await openJobStore(folder, noBroken)
    expect(reopened.list()).toEqual([{ ...first, stage: 'rendering', renderedFrames: 7 }, second])
    expect(await readdir(join(folder, first.jobId))).toEqual(['frames', 'state.json'])
  })

  it('leaves out a folder that it cannot read, and names it', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'job_torn'))
    await writeFile(join(folder, 'job_torn', 'state.json'), '{"jobId":"job_torn","totalFrames":')
    await mkdir(join(folder, 'job_odd'))
    await writeFile(join(folder, 'job_odd', 'state.json'), '{"jobId":"job_odd","totalFrames":-1}')
    const broken: string[] = []
    const store = await openJobStore(folder, (name) => broken.push(name))
    expect(store.list()).toEqual([])
    expect(broken.sort()).toEqual(['job_odd', 'job_torn'])
  })

  it('keeps the newest twenty finished jobs', async () => {
    const store = await openJobStore(await temporaryFolder(), noBroken)
    const made: string[] = []
    for (let count = 0; count < 22; count++) {
      const job = await store.create({ frames: 24, title: 'Old' })
      made.push(job.jobId)
      await store.update({ ...job, stage: 'complete', renderedFrames: 24 })
    }
    await store.create({ frames: 24, title: 'New' })
    expect(made.filter((jobId) => store.get(jobId) === undefined)).toEqual(made.slice(0, 2))
  })
})

describe('the job runner', () => {
  it('goes on at the next frame, and does not draw one that is on disk already', async () => {
    const store = await openJobStore(await temporaryFolder(), noBroken)
    const job = await store.create({ frames: 24, title: 'Resumed' })
    await store.update({ ...job, stage: 'rendering', renderedFrames: 20 })
    // Killed after the file of frame 21 was written, and before its state was.
    await writeFile(store.frameFile(job.jobId, 21), 'abc')
    const log: string[] = []
    const ended = new Promise<void>((resolve) => {
      const feed = {
        async publish({ stage, currentFrame, jobId }: { stage: string; currentFrame: number; jobId: string }) {
          // The promise: when an event goes out, its state is on disk and so is its file.
          expect(store.get(jobId)).toMatchObject({ stage, renderedFrames: currentFrame })
          expect(store.hasFrame(jobId, currentFrame)).toBe(true)
          log.push(`${stage} ${currentFrame}`)
        },
        async complete() {
          log.push('end')
          resolve()
        },
        ensureFinished: () => Promise.reject(new Error('the job has not failed')),
      }
      const quiet = { info: () => {}, warn: () => {} }
      createJobRunner({ store, renderer: scriptedRenderer(log), feed, log: quiet }).takeUpUnfinished()
    })
    await ended
    expect(log).toEqual([
      'rendering 21',
      'draw 22',
      'rendering 22',
      'draw 23',
      'rendering 23',
      'draw 24',
      'rendering 24',
      'encoding 24',
      'encode',
      'uploading 24',
      'complete 24',
      'end',
    ])
  })

  it('gives a job up whose worker fails twice, and says so in its state', async () => {
    const store = await openJobStore(await temporaryFolder(), noBroken)
    const job = await store.create({ frames: 24, title: 'Doomed' })
    let runs = 0
    const failing: Renderer = {
      async run() {
        runs += 1
        throw new Error('out of memory')
      },
      async stop() {},
    }
    const events: string[] = []
    await new Promise<void>((resolve) => {
      const feed = {
        publish: async ({ stage }: { stage: string }) => void events.push(stage),
        complete: () => Promise.reject(new Error('the job is not complete')),
        ensureFinished: async ({ failure }: { failure?: string | undefined }) => {
          events.push(failure ?? '')
          resolve()
        },
      }
      const log = { info: () => {}, warn: () => {} }
      const runner = createJobRunner({ store, renderer: failing, feed, log })
      void runner.take(job)
    })
    expect(runs).toBe(2)
    expect(events).toEqual(['preparing', expect.stringMatching(/server log/)])
    expect(store.get(job.jobId)?.failure).toMatch(/server log/)
  })
})
