import { autopilot, generation } from '@steadystream/core/presets'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeFolders } from './demo-process.ts'
import { startServer } from './demo-server.ts'
import { collect, take } from './sse-events.ts'
import type { AgentMessage, AutopilotEvent, GenerationEvent } from '@steadystream/core/presets'
import type { DemoServer } from '../src/server.ts'

let server: DemoServer
let origin: string

beforeAll(async () => {
  server = await startServer({ settings: { paceMs: 5 } })
  origin = `http://localhost:${server.port}`
})

afterAll(async () => {
  await server.close()
  await removeFolders()
})

async function post<T>(path: string, body?: object): Promise<[status: number, answer: T]> {
  const response = await fetch(origin + path, {
    method: 'POST',
    ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return [response.status, (await response.json()) as T]
}

async function startTask(request: object): Promise<string> {
  const [, { taskId }] = await post<{ taskId: string }>('/api/autopilot', request)
  return taskId
}

const follow = (taskId: string) => collect<AutopilotEvent>(origin + autopilot.path({ taskId }))

describe('the autopilot', () => {
  it('searches, plans and outlines, and what it planned is written with cites', async () => {
    const taskId = await startTask({ topic: 'What do dams do to fish and sediment?' })
    const events = await follow(taskId)
    expect([...new Set(events.map(({ step }) => step))]).toEqual(['search', 'strategy', 'outline', 'done'])
    const { docId, stats, progress } = events.reduce(autopilot.reduce, autopilot.initial)
    expect(progress).toBe(100)
    expect(stats?.verified).toBeLessThanOrEqual(stats?.hits ?? 0)
    expect(stats?.sections).toBeGreaterThan(1)

    const [status, { streamId }] = await post<{ streamId: string }>('/api/generation', { docId })
    expect(status).toBe(202)
    const written = await collect<GenerationEvent>(origin + generation.path({ streamId }))
    const { blocks, isDone } = written.reduce(generation.reduce, generation.initial)
    expect(isDone).toBe(true)
    expect(blocks[0]?.text).toBe('# What do dams do to fish and sediment?')
    const cited = blocks.filter(({ cites }) => cites.length > 0)
    expect(cited).toHaveLength(stats?.sections ?? 0)
    for (const { text, cites } of cited) {
      const keys = [...text.matchAll(/\[(\w+)\]/g)].map(([, key]) => key)
      expect(new Set(keys)).toEqual(new Set(cites.map(({ key }) => key)))
    }
  })

  it('uses no preprint unless allowed, and less at a stricter level', async () => {
    const hits = async (request: object) => {
      const events = await follow(await startTask({ topic: 'beaver dams and drought', ...request }))
      return events.reduce(autopilot.reduce, autopilot.initial).stats
    }
    const [without, withPreprints, strict] = await Promise.all([
      hits({ verifyLevel: 'light' }),
      hits({ verifyLevel: 'light', allowPreprint: true }),
      hits({ verifyLevel: 'strict', allowPreprint: true }),
    ])
    expect(withPreprints?.hits).toBeGreaterThan(without?.hits ?? Infinity)
    expect(strict?.verified).toBeLessThan(withPreprints?.verified ?? 0)
  })

  it('waits while it is paused, goes on, and ends when it is stopped', async () => {
    const taskId = await startTask({ topic: 'floods' })
    expect((await post(`/api/autopilot/${taskId}/pause`))[0]).toBe(200)
    expect((await post(`/api/autopilot/${taskId}/resume`))[0]).toBe(200)
    expect((await post(`/api/autopilot/${taskId}/pause`))[0]).toBe(200)
    expect((await post(`/api/autopilot/${taskId}/stop`))[0]).toBe(200)
    const events = await follow(taskId)
    expect(events.map(({ message }) => message)).toEqual(expect.arrayContaining(['Paused', 'Going on', 'Stopped.']))
    expect(events.at(-1)?.step).toBe('error')
    expect((await post(`/api/autopilot/${taskId}/resume`))[0]).toBe(404)
  })

  it('says so when nothing is to be found, and refuses what is no topic', async () => {
    const events = await follow(await startTask({ topic: 'xylophones' }))
    expect(events.at(-1)).toMatchObject({ step: 'error', message: expect.stringContaining('xylophones') as string })
    expect((await post('/api/autopilot', { topic: '' }))[0]).toBe(400)
    expect((await fetch(`${origin}/api/autopilot/stream?taskId=none`)).status).toBe(404)
    expect((await post('/api/generation', { docId: 'none' }))[0]).toBe(404)
  })
})

describe('the agents’ chat', () => {
  it('sends one message of each agent to who listens, and keeps it for who polls', async () => {
    const heard = take<AgentMessage>(`${origin}/api/chat/stream`, 4, 'start')
    const [status, { messages: sent }] = await post<{ messages: AgentMessage[] }>('/api/chat/generate')
    expect(status).toBe(201)
    expect(new Set(sent.map(({ agentId }) => agentId)).size).toBe(4)
    expect((await post('/api/chat/generate'))[0]).toBe(429)
    const kept = (await (await fetch(`${origin}/api/chat/messages`)).json()) as { messages: AgentMessage[] }
    expect(kept.messages).toEqual(sent)
    expect(await heard).toEqual(sent)
  })
})
