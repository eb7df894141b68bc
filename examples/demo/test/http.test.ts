import { describe, expect, it } from 'vitest'
import { serveFile } from './demo-server.ts'
import { startJob } from './job-stream.ts'

const origin = serveFile()

async function post(body: string, type = 'application/json'): Promise<[status: number, answer: unknown]> {
  const response = await fetch(`${origin()}/api/generate-video`, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body,
  })
  return [response.status, await response.json()]
}

describe('the demo’s HTTP side', () => {
  it('refuses what it cannot render, in JSON', async () => {
    const refused = (code: string, message: string) => ({ error: { code, message } })
    expect(await post('{"frames":5}')).toEqual([
      400,
      refused('BAD_REQUEST', 'frames must be a whole number from 24 to 600, got 5.'),
    ])
    expect(await post('{"frames"')).toEqual([
      400,
      refused('BAD_REQUEST', 'The request cannot be read: is the body valid JSON?'),
    ])
    expect(await post('frames=60', 'text/plain')).toMatchObject([415, { error: { code: 'NOT_JSON' } }])
    expect(await post(`{"title":"${'x'.repeat(20_000)}"}`)).toMatchObject([413, { error: { code: 'TOO_LARGE' } }])
  })

  it.each(['/api/stream/render-progress/job_none', '/api/jobs/job_none', '/api/jobs/..%2f..%2f/video.gif', '/nothing'])(
    'answers 404 in JSON on %s',
    async (path) => {
      const response = await fetch(origin() + path)
      expect([response.status, await response.json()]).toMatchObject([404, { error: { message: expect.any(String) } }])
    },
  )

  it('answers a new job with its three addresses, and takes no more than eight at a time', async () => {
    const response = await fetch(`${origin()}/api/generate-video`, { method: 'POST' })
    const answer = (await response.json()) as { jobId: string }
    expect(response.status).toBe(202)
    expect(answer).toEqual({
      jobId: expect.stringMatching(/^job_[0-9a-f]{16}$/),
      websocketUrl: `/ws?jobId=${answer.jobId}`,
      streamUrl: `/api/stream/render-progress/${answer.jobId}`,
    })
    for (let count = 1; count < 8; count++) await startJob(origin())
    expect(await post('{}')).toMatchObject([429, { error: { code: 'TOO_MANY_JOBS' } }])
  })

  it('serves the page, health and stats', async () => {
    const page = await fetch(origin())
    expect(await page.text()).toContain('<title>Steadystream')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(await (await fetch(`${origin()}/health`)).json()).toMatchObject({ status: 'healthy' })
    const stats: unknown = await (await fetch(`${origin()}/api/realtime/stats`)).json()
    expect(stats).toMatchObject({ status: 'healthy', sse: { totalConnections: 0 }, channels: { isConnected: true } })
  })
})
