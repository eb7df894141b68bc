import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { expect, it, onTestFinished } from 'vitest'

import { runDoctor } from '../support/run-doctor.ts'

const demo = fileURLToPath(new URL('../../../../examples/demo', import.meta.url))

/** The demo as a process of its own; resolves to its port. */
async function launchDemo(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'steadystream-doctor-'))
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@steadystream/source', 'src/main.ts'], {
    cwd: demo,
    // A loader that the test runner set up for itself is none of the demo's business.
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0', DATA_DIR: folder, KEEP_ALIVE_MS: '300' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^Steadystream demo on http:\/\/localhost:(\d+)$/.exec(line)?.[1]
    if (port) return Number(port)
  }
  throw new Error('the demo did not come up')
}

it('the doctor finds the demo well, by the job that it has it start', async () => {
  const port = await launchDemo()
  const diagnosis = await runDoctor(port, '--trigger', 'POST /api/generate-video', '--timeout', '3')
  expect(diagnosis.outcomes).toMatchObject({
    trigger: 'pass',
    event: 'pass',
    stream: 'pass',
    'first byte': 'pass',
    buffering: 'pass',
    heartbeat: 'pass',
    resume: 'pass',
    gap: 'pass',
    // The demo means to be looked into.
    stats: 'warn',
  })
  const failed = diagnosis.findings.filter(({ check, outcome }) => outcome === 'fail' && check !== 'websocket')
  expect(failed).toEqual([])
}, 60_000)
