/** What the page reads of a job, once at its start and once at its end. */
export interface JobSummary {
  readonly title: string
  readonly totalFrames: number
  readonly video?: { readonly bytes: number } | undefined
  readonly failure?: string | undefined
}

/** A refusal by the server, in its own words. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'Refused'
    this.status = status
  }
}

export async function startJob(frames: number): Promise<string> {
  const answer = await request('/api/generate-video', { frames })
  // The server is our own: its answers are as they are documented.
  return (answer as { jobId: string }).jobId
}

export async function readJob(jobId: string): Promise<JobSummary> {
  // As above.
  return (await request(`/api/jobs/${encodeURIComponent(jobId)}`)) as JobSummary
}

export async function makeTrouble(kind: 'cut' | 'restart-stream', jobId: string): Promise<void> {
  await request(`/api/lab/${kind}`, { jobId })
}

export const streamUrlOf = (jobId: string) => `/api/stream/render-progress/${encodeURIComponent(jobId)}`
export const frameUrlOf = (jobId: string, number: number) =>
  `/api/jobs/${encodeURIComponent(jobId)}/frames/${number}.png`
export const videoUrlOf = (jobId: string) => `/api/jobs/${encodeURIComponent(jobId)}/video.gif`

/** @throws {Refused} with the server's message; {TypeError} if it cannot be reached. */
async function request(path: string, body?: object): Promise<unknown> {
  const response = await fetch(
    path,
    body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
  )
  const answer: unknown = await response.json()
  if (response.ok) return answer
  const { error } = answer as { error?: { message?: string } } // the one form in which this server refuses
  throw new Refused(response.status, error?.message ?? `The server answered ${response.status}.`)
}
