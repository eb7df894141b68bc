import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJob, isFinished } from './job.ts'
import type { JobRequest } from './job-request.ts'
import type { Job } from './job.ts'

/**
 * Jobs on disk, one folder each: `state.json`, `frames/<n>.png`, `video.gif`. Nothing of them is kept in memory: several
 * processes may share the folder, and what one has written the others find.
 */
export interface JobStore {
  /** All jobs, oldest first. */
  list(): readonly Job[]
  get(jobId: string): Job | undefined
  create(request: JobRequest): Promise<Job>
  /** Writes the changed job to disk; what resolves has survived a killed process. */
  update(job: Job): Promise<void>
  frameFile(jobId: string, number: number): string
  /** Whether frame `number` was written out; a file under its name is always whole. */
  hasFrame(jobId: string, number: number): boolean
  videoFile(jobId: string): string
  /** Where the video is put together, before it is moved to {@link videoFile}. */
  draftFile(jobId: string): string
}

/** Names come from requests, and become paths. */
const jobIdPattern = /^job_\w+$/
/** Finished jobs kept on disk; older ones are deleted when a new one comes. */
const keptFinishedJobs = 20

/** Opens the folder, creating it where it is missing. `onBroken` hears of job folders that cannot be read. */
export async function openJobStore(
  folder: string,
  onBroken: (name: string, error: unknown) => void,
): Promise<JobStore> {
  await mkdir(folder, { recursive: true })
  readJobs(folder, onBroken)
  const pathOf = (jobId: string, ...rest: string[]) => join(folder, jobId, ...rest)

  const list = () => readJobs(folder, () => {})

  async function update(job: Job): Promise<void> {
    // Renaming is atomic: a reader, and a process after a crash, finds the old state or the new one, never half of it.
    const file = pathOf(job.jobId, 'state.json')
    await writeFile(`${file}.part`, JSON.stringify(job))
    await rename(`${file}.part`, file)
  }

  async function prune(): Promise<void> {
    const finished = list().filter(isFinished)
    for (const { jobId } of finished.slice(0, Math.max(0, finished.length - keptFinishedJobs))) {
      await rm(pathOf(jobId), { recursive: true, force: true })
    }
  }

  return {
    list,
    get: (jobId) => (jobIdPattern.test(jobId) ? readJob(folder, jobId, () => {}) : undefined),
    async create({ frames, title }) {
      await prune()
      const jobId = `job_${randomBytes(8).toString('hex')}`
      const job: Job = {
        jobId,
        title,
        totalFrames: frames,
        seed: randomBytes(4).readUInt32LE(),
        createdAt: new Date().toISOString(),
        stage: 'preparing',
        renderedFrames: 0,
      }
      await mkdir(pathOf(jobId, 'frames'), { recursive: true })
      await update(job)
      return job
    },
    update,
    frameFile: (jobId, number) => pathOf(jobId, 'frames', `${number}.png`),
    hasFrame: (jobId, number) => existsSync(pathOf(jobId, 'frames', `${number}.png`)),
    videoFile: (jobId) => pathOf(jobId, 'video.gif'),
    draftFile: (jobId) => pathOf(jobId, 'draft.gif'),
  }
}

// A few small files, and no disk to wait for: the system has them in memory. So whoever asks gets an answer at once.

function readJobs(folder: string, onBroken: (name: string, error: unknown) => void): Job[] {
  const jobs: Job[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const job = entry.isDirectory() ? readJob(folder, entry.name, onBroken) : undefined
    if (job) jobs.push(job)
  }
  return jobs.sort((a, b) => a.createdAt.localeCompare(b.createdAt))
}

function readJob(folder: string, name: string, onBroken: (name: string, error: unknown) => void): Job | undefined {
  try {
    const job = decodeJob(readFileSync(join(folder, name, 'state.json'), 'utf8'))
    if (job.jobId !== name) throw new TypeError('the folder bears another name than the job in it')
    return job
  } catch (error) {
    onBroken(name, error)
    return undefined
  }
}
