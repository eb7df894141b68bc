import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { expect, it, onTestFailed } from 'vitest'

import { Caller } from '../src/callers.ts'
import { CommandDesk } from '../src/command-desk.ts'
import { Feed } from '../src/feed.ts'
import { Place } from '../src/places.ts'
import { Session } from '../src/session.ts'
import { Subscription } from '../src/subscription.ts'
import { fuzzClient } from './support/fuzz-client.ts'
import { fuzzWriter } from './support/fuzz-writer.ts'
import { serveChannels } from './support/serve-channels.ts'
import { until } from './support/until.ts'

/** How many messages and requests; a run of 200,000 takes minutes. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 3000)
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const runsPerRound = 20
const looks = 10
// What a heap that has been collected may differ by from one look to the next: code that was compiled meanwhile, caches.
const slackBytes = 24 * 1024 * 1024

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What lives as long as a client does, and is in some table meanwhile. */
const mortal = { Session, Place, Caller, CommandDesk, Subscription, Feed }

it('answers whatever it is sent with what is documented, and keeps nothing of it', async () => {
  onTestFailed(() => console.log(`FUZZ_SEED=${seed}`))
  const { pick, text, query, value, random, header, frame, request } = fuzzWriter(seed)
  const errors: unknown[] = []
  const ignore = () => {}
  const { realtime, port } = await serveChannels({
    authorize: () => true,
    clientPublish: true,
    history: { size: 16, bytes: 64 * 1024, channels: 100 },
    logger: { debug: ignore, info: ignore, warn: ignore, error: (fields) => errors.push(fields) },
    limits: { commandsPerSecond: 1_000_000, replaysPerMinute: 1_000_000 },
  })
  const client = fuzzClient(port)
  const json = { 'Content-Type': 'application/json' }
  const frames = () => Array.from({ length: 8 }, () => (random() < 0.05 ? Buffer.from(text()) : text()))
  const body = () => pick([text(), JSON.stringify({ channels: value(1) }), JSON.stringify({ commands: [value(1), value(2)] })]) // prettier-ignore
  const heaps: number[] = []

  for (let round = 1; round <= runs / runsPerRound; round++) {
    const at = pick(['/events', '/poll'])
    const beside = () => pick([{ commands: [value(1), value(2)] }, { commands: value(1) }, value()])
    await Promise.all([
      client.talk(pick([[], ['steadystream.v1']]), frames()),
      client.knock('GET', `${at}?${query()}`, { 'Last-Event-ID': header() }),
      client.knock('GET', `${at}?channels=a&channels=b&${query()}`, { 'Last-Event-ID': header() }),
      client.knock('POST', at, json, body()),
      client.command([
        (session) => JSON.stringify({ session, ...Object(beside()) }),
        (session) =>
          JSON.stringify({ session, commands: [{ type: 'subscribe', channel: pick(['b', 'c']) }, value(1)] }),
        (session) => JSON.stringify({ session: random() < 0.5 ? value(1) : session, commands: [{ type: 'ping' }] }),
      ]),
      client.intrude([frame(), frame(), frame(), frame()]),
      client.blurt(request()),
    ])
    if (round % Math.max(1, Math.floor(runs / runsPerRound / looks)) > 0) continue
    await until(() => [...realtime.sessions].length === 0)
    collect()
    heaps.push(process.memoryUsage().heapUsed)
  }

  await until(() => [...realtime.sessions].length === 0)
  expect(errors).toEqual([])
  expect(realtime.metrics()).toMatch(/^steadystream_queued_bytes 0$/m)
  expect(realtime.stats().channels).toMatchObject({ activeChannels: 0, totalSubscriptions: 0 })
  const alive = Object.entries(mortal).map(([name, Class]) => [name, queryObjects(Class, { format: 'count' })])
  expect(Object.fromEntries(alive)).toEqual({
    Session: 0,
    Place: 0,
    Caller: 0,
    CommandDesk: 0,
    Subscription: 0,
    Feed: 0,
  })
  // The first look is past what warms up.
  expect(Math.max(...heaps.slice(1)) - (heaps[0] ?? 0), String(heaps)).toBeLessThan(slackBytes)
}, 3_600_000)
