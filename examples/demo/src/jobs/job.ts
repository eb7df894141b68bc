/** The stages of a job, in their order. */
export const stages = ['preparing', 'rendering', 'encoding', 'uploading', 'complete'] as const
export type Stage = (typeof stages)[number]

export interface Video {
  readonly bytes: number
  readonly sha256: string
}

/** What is known of a job, as it stands in its `state.json`. */
export interface Job {
  readonly jobId: string
  readonly title: string
  readonly totalFrames: number
  /** Chooses colours and shapes; an unsigned 32-bit integer. */
  readonly seed: number
  /** ISO 8601. */
  readonly createdAt: string
  readonly stage: Stage
  /** Frames 1 to this one are on disk. */
  readonly renderedFrames: number
  readonly video?: Video | undefined
  /** Why the job was given up; such a job is not taken up again. */
  readonly failure?: string | undefined
}

export function isFinished(job: Job): boolean {
  return job.stage === 'complete' || job.failure !== undefined
}

/**
 * Reads a `state.json`. The file is our own, but a disk outlives many versions of a program.
 * @throws {TypeError} if it does not describe a job.
 */
export function decodeJob(text: string): Job {
  const value: unknown = JSON.parse(text)
  if (!isRecord(value)) throw new TypeError('job state is not an object')
  const { jobId, title, totalFrames, seed, createdAt, renderedFrames, video, failure } = value
  const stage = stages.find((name) => name === value['stage'])
  if (typeof jobId !== 'string' || typeof title !== 'string' || typeof createdAt !== 'string' || !stage) {
    throw new TypeError('job state lacks jobId, title, createdAt or stage')
  }
  if (!isCount(totalFrames) || !isCount(seed) || !isCount(renderedFrames) || renderedFrames > totalFrames) {
    throw new TypeError('job state lacks sound frame numbers or a seed')
  }
  return {
    jobId,
    title,
    totalFrames,
    seed,
    createdAt,
    stage,
    renderedFrames,
    ...(isRecord(video) && isCount(video['bytes']) && typeof video['sha256'] === 'string'
      ? { video: { bytes: video['bytes'], sha256: video['sha256'] } }
      : {}),
    ...(typeof failure === 'string' ? { failure } : {}),
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
