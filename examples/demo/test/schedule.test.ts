import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeFolders } from './demo-process.ts'
import { startServer } from './demo-server.ts'
import { take } from './sse-events.ts'
import type { AgentMessage } from '@steadystream/core/presets'
import type { DemoServer } from '../src/server.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

let server: DemoServer

beforeAll(async () => {
  server = await startServer({ settings: { chatEveryMs: 1000, keepAliveMs: 500 } })
})

afterAll(async () => {
  await server.close()
  await removeFolders()
})

describe('the agents', () => {
  it('speaks on schedule, without anybody asking', async () => {
    const messages = await take<AgentMessage>(`http://localhost:${server.port}/api/chat/stream`, 8)
    const [first, second] = [messages[0], messages[4]]
    expect(messages.map(({ agentId }) => agentId).slice(0, 4)).toEqual(messages.map(({ agentId }) => agentId).slice(4))
    const between = Date.parse(second?.timestamp ?? '') - Date.parse(first?.timestamp ?? '')
    expect(between).toBeGreaterThan(700)
  })

  it('is examined by the doctor, which has a message made and sees it arrive', async () => {
    const doctor = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--conditions=@steadystream/source', 'packages/server/src/doctor/cli.ts'],
        ...[`http://localhost:${server.port}`, '--sse', '/api/chat/stream', '--trigger', 'POST /api/chat/generate'],
      ],
      { cwd: root, env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [printed, [code]] = await Promise.all([text(doctor.stdout), once(doctor, 'close')])
    expect(printed).not.toContain('✗')
    expect(printed).toMatch(/✓ trigger/)
    expect(printed).toMatch(/✓ event/)
    expect(printed).toMatch(/✓ heartbeat/)
    expect(code).toBe(0)
  })
})
