import { Router } from 'express'
import { parseJobRequest, InvalidJobRequest } from '../jobs/job-request.ts'
import { refuse } from './errors.ts'
import type { Response } from 'express'
import type { JobRunner } from '../jobs/job-runner.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { Job } from '../jobs/job.ts'

const maxUnfinishedJobs = 8

/** A frame never changes once it is there, so a browser may keep it. */
const forever = { maxAge: '1y', immutable: true, dotfiles: 'allow' } as const

/** Starting jobs, and fetching what they made. */
export function jobRoutes(store: JobStore, runner: JobRunner): Router {
  const router = Router()
  /** Being written to disk: not yet among the unfinished. */
  let arriving = 0

  router.post('/api/generate-video', async (req, res) => {
    // fetch announces an empty body as one of length 0.
    if (req.is('json') === false && req.get('Content-Length') !== '0') {
      return refuse(res, 415, 'NOT_JSON', 'Send a JSON body (Content-Type: application/json), or none.')
    }
    if (runner.unfinished + arriving >= maxUnfinishedJobs) {
      res.set('Retry-After', '30')
      return refuse(res, 429, 'TOO_MANY_JOBS', `${maxUnfinishedJobs} jobs are waiting already; try again later.`)
    }
    arriving += 1
    try {
      const { jobId } = await takeNew(store, runner, req.body)
      const streamUrl = `/api/stream/render-progress/${jobId}`
      res.status(202).json({ jobId, websocketUrl: `/ws?jobId=${jobId}`, streamUrl })
    } catch (error) {
      if (!(error instanceof InvalidJobRequest)) throw error
      refuse(res, 400, 'BAD_REQUEST', error.message)
    } finally {
      arriving -= 1
    }
  })

  router.get('/api/jobs/:jobId', (req, res) => {
    const job = findJob(store, req.params.jobId, res)
    if (job) res.set('Cache-Control', 'no-store').json(job)
  })

  router.get('/api/jobs/:jobId/frames/:file', (req, res) => {
    const job = findJob(store, req.params.jobId, res)
    if (!job) return
    const number = Number(/^([1-9]\d{0,3})\.png$/.exec(req.params.file)?.[1])
    if (number <= job.renderedFrames) return res.sendFile(store.frameFile(job.jobId, number), forever)
    refuse(res, 404, 'NO_SUCH_FRAME', `This job has frames 1.png to ${job.renderedFrames}.png so far.`)
  })

  router.get('/api/jobs/:jobId/video.gif', (req, res) => {
    const job = findJob(store, req.params.jobId, res)
    if (!job) return
    if (job.stage === 'complete') return res.sendFile(store.videoFile(job.jobId), forever)
    refuse(res, 404, 'NOT_READY', 'The video is there when the job is complete.')
  })

  return router
}

/** @throws {InvalidJobRequest} */
async function takeNew(store: JobStore, runner: JobRunner, body: unknown): Promise<Job> {
  const job = await store.create(parseJobRequest(body))
  await runner.take(job)
  return job
}

/** Answers 404 itself where there is no such job. */
export function findJob(store: JobStore, jobId: unknown, res: Response): Job | undefined {
  const job = typeof jobId === 'string' ? store.get(jobId) : undefined
  if (!job) refuse(res, 404, 'NO_SUCH_JOB', 'This server knows no such job.')
  return job
}
