import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { expect, it, onTestFinished } from 'vitest'

import { controlEvents, formatSseBlock } from '../../src/protocol/index.ts'
import { drained, serve } from '../support/serve.ts'

import type { ChildProcess } from 'node:child_process'
import type { ServerResponse } from 'node:http'
import type { StalledClientReport } from '../support/stalled-client.ts'

const stallMs = 5000
const allowedGrowth = 16 * 1024 * 1024
const eventSize = 10_000
/** Four times what the client may hold, which fits no buffer of the system's either. */
const events = (64 * 1024 * 1024) / eventSize

it(
  'a consumer that stalls for 5 s holds the server back, keeps its heap small and loses nothing',
  { timeout: 60_000 },
  async () => {
    let sent = 0
    let isBlocked = false
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      void push(response)
    })
    async function push(response: ServerResponse): Promise<void> {
      const text = 'x'.repeat(eventSize)
      while (sent < events && !response.destroyed) {
        sent += 1
        if (response.write(formatSseBlock({ id: String(sent), data: JSON.stringify({ n: sent, text }) }))) continue
        isBlocked = true
        await drained(response)
        isBlocked = false
      }
      response.end(formatSseBlock({ event: controlEvents.complete, data: '{}' }))
    }

    const client = forkClient(url)
    await nextReport(client, 'stalled')
    // The stall is what is measured here: as long in real time as the promise says.
    await delay(stallMs)
    expect(isBlocked).toBe(true)
    expect(sent).toBeLessThan(events)
    client.send('measure')
    const { grownBy } = await nextReport(client, 'heap')
    expect(grownBy).toBeLessThanOrEqual(allowedGrowth)
    expect(isBlocked).toBe(true)
    client.send('go on')
    expect(await nextReport(client, 'over')).toEqual({ kind: 'over', received: sent, outOfOrder: 0, gaps: 0 })
    expect(sent).toBe(Math.ceil(events))
  },
)

function forkClient(url: string): ChildProcess {
  const client = fork(fileURLToPath(new URL('../support/stalled-client.ts', import.meta.url)), [url], {
    execArgv: ['--expose-gc', '--conditions=@steadystream/source', '--import', 'tsx'],
  })
  onTestFinished(() => void client.kill())
  return client
}

async function nextReport<Kind extends StalledClientReport['kind']>(client: ChildProcess, kind: Kind) {
  const [report] = (await Promise.race([
    once(client, 'message'),
    once(client, 'exit').then(([code]) => Promise.reject(new Error(`the client ended with code ${String(code)}`))),
  ])) as [StalledClientReport]
  if (report.kind !== kind) throw new Error(`expected a report of kind ${kind}, got ${report.kind}`)
  return report as Extract<StalledClientReport, { kind: Kind }>
}
