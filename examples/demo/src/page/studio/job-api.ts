import { baseUrl, get, post } from '../api.ts'

/** What the page reads of a job, once at its start and once at its end. */
export interface JobSummary {
  readonly title: string
  readonly totalFrames: number
  readonly video?: { readonly bytes: number } | undefined
  readonly failure?: string | undefined
}

export async function startJob(frames: number): Promise<string> {
  return (await post<{ jobId: string }>('/api/generate-video', { frames })).jobId
}

export const readJob = (jobId: string) => get<JobSummary>(`/api/jobs/${encodeURIComponent(jobId)}`)

export const makeTrouble = (kind: 'cut' | 'restart-stream', jobId: string) => post(`/api/lab/${kind}`, { jobId })

export const frameUrlOf = (jobId: string, number: number) =>
  `${baseUrl}/api/jobs/${encodeURIComponent(jobId)}/frames/${number}.png`
export const videoUrlOf = (jobId: string) => `${baseUrl}/api/jobs/${encodeURIComponent(jobId)}/video.gif`
