import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJob, isFinished } from './job.ts'
import type { JobRequest } from './job-request.ts'
import type { Job } from './job.ts'

/** Jobs on disk, one folder each: `state.json`, `frames/<n>.png`, `video.gif`. */
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

/** Finished jobs kept on disk; older ones are deleted when a new one comes. */
const keptFinishedJobs = 20

/** Opens the folder, creating it where it is missing. `onBroken` hears of job folders that cannot be read. */
export async function openJobStore(
  folder: string,
  onBroken: (name: string, error: unknown) => void,
): Promise<JobStore> {
  await mkdir(folder, { recursive: true })
  const jobs = new Map<string, Job>()
  for (const job of await readJobs(folder, onBroken)) jobs.set(job.jobId, job)
  const pathOf = (jobId: string, ...rest: string[]) => join(folder, jobId, ...rest)

  async function update(job: Job): Promise<void> {
    // Renaming is atomic: a reader, and a process after a crash, finds the old state or the new one, never half of it.
    const file = pathOf(job.jobId, 'state.json')
    await writeFile(`${file}.part`, JSON.stringify(job))
    await rename(`${file}.part`, file)
    jobs.set(job.jobId, job)
  }

  async function prune(): Promise<void> {
    const finished = [...jobs.values()].filter(isFinished)
    for (const { jobId } of finished.slice(0, Math.max(0, finished.length - keptFinishedJobs))) {
      jobs.delete(jobId)
      await rm(pathOf(jobId), { recursive: true, force: true })
    }
  }

  return {
    list: () => [...jobs.values()],
    get: (jobId) => jobs.get(jobId),
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

async function readJobs(folder: string, onBroken: (name: string, error: unknown) => void): Promise<Job[]> {
  const jobs: Job[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    try {
      const job = decodeJob(await readFile(join(folder, entry.name, 'state.json'), 'utf8'))
      if (job.jobId !== entry.name) throw new TypeError('the folder bears another name than the job in it')
      jobs.push(job)
    } catch (error) {
      onBroken(entry.name, error)
    }
  }
  return jobs.sort((a, b) => a.createdAt.localeCompare(b.createdAt))
}
