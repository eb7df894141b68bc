import { createServer } from 'node:http'

import { createRealtime } from '@steadystream/server'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'

import { samplesOf } from './run-doc-samples.ts'

import type { AddressInfo } from 'node:net'

// Node 20 has none, and MSW stands in for what is there when it begins.
if (!globalThis.WebSocket) vi.stubGlobal('WebSocket', WebSocket)

// The endpoint that the samples are told of by the environment.
const realtime = createRealtime({ authorize: () => true, heartbeat: { intervalMs: 100 } })
const server = createServer((request, response) => realtime.node(request, response, { channel: 'a' }))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
afterAll(async () => {
  await realtime.close()
  server.close()
})
// On a TCP port the address is an object.
vi.stubEnv('STREAM_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`)

const samples = samplesOf('testing.md')

test('docs/testing.md has samples to run, each of which tests something', () => {
  expect(samples.length).toBeGreaterThanOrEqual(4)
  for (const sample of samples) expect(sample).toMatch(/^test\(/m)
})

for (const [number] of samples.entries())
  // Importing one defines its tests; what it does before and after all of them stays with it.
  describe(`sample ${number + 1} of docs/testing.md`, async () => {
    await import(/* @vite-ignore */ `./testing.md.${number}.sample.ts`)
  })
