import { request } from 'node:http'

import { closeCodes } from '@steadystream/core/protocol'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { memoryBackplane } from '../src/index.ts'
import { nameChannel } from '../src/channel.ts'
import { laterTurn } from './support/lagging-backplane.ts'
import { openSocket } from './support/open-socket.ts'
import { errorCodes, examples, protocolText, readHttpExample } from './support/protocol-doc.ts'
import { readStream } from './support/read-stream.ts'
import { serve } from './support/serve.ts'
import { until } from './support/until.ts'

import type { ClientRequest, IncomingMessage } from 'node:http'
import type { HistoryOptions, Realtime, RealtimeOptions } from '../src/index.ts'
import type { HttpExample } from './support/protocol-doc.ts'

const channel = { type: 'job', id: '7' }
const alerts = { type: 'alerts', userId: 'ann' }
const documentedSecret = 'V2h5IG5vdCBhIHNlY3JldA'

const readable: RealtimeOptions = { authorize: (_, action) => action === 'subscribe' }

type Step = (realtime: Realtime, port: number) => unknown

interface Scene {
  readonly options?: RealtimeOptions
  readonly history?: HistoryOptions
  /** What the channel went through before the client came. */
  readonly before?: Step
  /** What happens once the client has been greeted. */
  readonly after?: readonly Step[]
  /** Whether the clock of the keep-alives is moved by hand. */
  readonly isTimed?: true
}

function progress(...values: readonly number[]): Step {
  return async (realtime) => {
    for (const value of values) await realtime.publish(channel, { progress: value })
  }
}
const complete: Step = (realtime) => realtime.complete(channel)
const shutDown: Step = (realtime) => void realtime.close()
/** Follows a channel, and hands over the secret of that session. */
const follow: Step = async (_, port) => {
  const body = JSON.stringify({ channels: { 'alerts:@ann': null } })
  const headers = { 'Content-Type': 'application/json' }
  const [connected] = await (await readStream(port, { path: '/channels', method: 'POST', headers, body })).take(1)
  return (connected?.data as { session: string } | undefined)?.session
}
const rest: Step = () => vi.advanceTimersByTimeAsync(16_000)
const takeThePlace: Step = (_, port) => readStream(port)
const two = progress(0.25, 0.5)
const three = progress(0.25, 0.5, 0.75)
const keepOne: HistoryOptions = { size: 1 }
const done: Step = async (realtime, port) => {
  await progress(1)(realtime, port)
  await complete(realtime, port)
}
const oneOrigin: RealtimeOptions = { cors: { origins: ['https://app.example'] } }

const httpScenes: Readonly<Record<string, Scene>> = {
  'sse-fresh-join': {
    before: two,
    after: [progress(0.75), (realtime) => realtime.publish(channel, 'any JSON, in one line')],
  },
  'sse-resume': { before: three },
  'sse-resume-gap': { history: keepOne, before: three },
  'sse-start-gap': { history: keepOne, before: three },
  'sse-keep-alive': { after: [rest], isTimed: true },
  'sse-complete': { before: progress(1), after: [complete] },
  'sse-204': { before: done },
  'sse-close': { after: [shutDown] },
  'ws-handshake': {},
  'poll-fresh-join': { before: two },
  'poll-events': { before: three },
  'poll-empty': { before: three },
  'poll-gap': { history: keepOne, before: three },
  'poll-complete': { before: done },
  'refused-subprotocol': {},
  'refused-full': { options: { limits: { connections: 1 } }, before: takeThePlace },
  cors: { options: oneOrigin },
  'cors-preflight': { options: oneOrigin },
  'many-sse': { options: readable, before: three },
  'many-sse-native': { options: readable, before: three, after: [progress(1), rest], isTimed: true },
  'many-sse-native-resume': { options: readable, before: three },
  'many-commands': { options: readable, before: follow },
  'many-commands-unknown': { options: readable },
  'many-poll': { options: readable, before: three },
  'many-poll-get': { options: readable, before: three },
  'refused-credentials': { options: { authenticate: () => undefined } },
}

const socketScenes: Readonly<Record<string, Scene>> = {
  'ws-fresh-join': {
    before: two,
    after: [
      progress(0.75),
      (realtime) => Promise.all(['two of', 'one turn'].map((data) => realtime.publish(channel, data))),
    ],
  },
  'ws-resume': { before: three },
  'ws-resume-gap': { history: keepOne, before: three },
  'ws-start-gap': { history: keepOne, before: three },
  'ws-ping': { after: [rest], isTimed: true },
  'ws-complete': { before: progress(1), after: [complete] },
  'ws-resume-complete': { before: done },
  'ws-close': { after: [shutDown] },
  'ws-unauthorized': { options: { authenticate: () => undefined } },
  'ws-forbidden': { options: { authorize: () => false } },
  'many-ws': { options: readable, before: three, after: [progress(1), complete] },
  'many-ws-several': { options: readable, before: three },
  'many-ws-errors': { options: { authorize: (_, __, asked) => asked === 'open' } },
  'many-ws-publish': { options: { authorize: () => true, clientPublish: true } },
  'many-ws-auth': { options: { authenticate: ({ token }) => (token === 'secret' ? {} : undefined) } },
  'plain-ws': { options: readable, after: [progress(1), complete] },
}

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  return () => void vi.restoreAllMocks()
})

/** A server on which a scene has begun; `told` and `asked` put the document's epoch and client ids for the real ones, and back. */
async function stage({ options, history, before, isTimed }: Scene) {
  if (isTimed) {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
  }
  const backplane = memoryBackplane(history)
  const { realtime, server, port } = await serve(
    (self, req, res) => {
      const { url = '' } = req
      if (url.startsWith('/channels/poll')) self.poll(req, res)
      else if (url.startsWith('/channels')) self.node(req, res)
      else if (url.startsWith('/poll')) self.poll(req, res, { channel })
      else self.node(req, res, { channel })
    },
    { backplane, ...options },
  )
  realtime.attachWebSocket(server, { path: '/ws', channel: () => channel })
  realtime.attachWebSocket(server, { path: '/channels/ws' })
  const done = await before?.(realtime, port)
  const secret = typeof done === 'string' ? done : documentedSecret
  const { epoch } = await backplane.read(nameChannel(channel).key, { after: 0, limit: 0 })
  const { epoch: other } = await backplane.read(nameChannel(alerts).key, { after: 0, limit: 0 })
  return {
    realtime,
    port,
    asked: (text: string) =>
      text.replaceAll('e1a:', `${epoch}:`).replaceAll('e2b:', `${other}:`).replace(documentedSecret, secret),
    told: (text: string) =>
      text
        .replaceAll(`${epoch}:`, 'e1a:')
        .replaceAll(`${other}:`, 'e2b:')
        .replace(/"(sse|ws)_[\w-]{16}"/, '"$1_4Qm0cQ2fR8aJx1uT"')
        .replace(/"session":"[\w-]{22}"/, `"session":"${documentedSecret}"`)
        .replace(/"timestamp":"[^"]+"/, '"timestamp":"2026-01-01T00:00:00.000Z"'),
  }
}

const leftOut = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'])

function formatHead({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  let text = `HTTP/1.1 ${statusCode} ${statusMessage}\n`
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!leftOut.has(String(rawHeaders[i]).toLowerCase())) text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\n`
  }
  return `${text}\n`
}

/** Sends the request, and collects the answer in the form that the document has. */
function ask(port: number, { method, target, headers, body }: HttpExample): { text: () => string; req: ClientRequest } {
  let text = ''
  const req = request({ port, host: '127.0.0.1', method, path: target, headers, agent: false })
  onTestFinished(() => void req.destroy())
  req.on('error', () => {}) // of a stream that the test leaves
  req.on('upgrade', (res) => (text += formatHead(res)))
  req.on('response', (res) => {
    text += formatHead(res)
    res.on('error', () => {})
    res.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    // A body of JSON does not end in a line break; a fence has to.
    if (res.headers['content-type']?.startsWith('application/json')) res.on('end', () => (text += '\n'))
  })
  req.end(body)
  return { text: () => text, req }
}

describe('docs/protocol.md', () => {
  it('has an example for each scene, and a scene for each example', () => {
    expect([...examples.keys()].sort()).toEqual([...Object.keys(httpScenes), ...Object.keys(socketScenes)].sort())
  })

  it.each(Object.entries(httpScenes))('%s is what goes over the wire', async (name, scene) => {
    const { realtime, port, asked, told } = await stage(scene)
    const example = readHttpExample(examples.get(name) ?? '')
    const { text } = ask(port, {
      ...example,
      target: asked(example.target),
      headers: withEpoch(example, asked),
      body: example.body && asked(example.body),
    })
    for (const step of scene.after ?? []) {
      await until(() => text().includes('steadystream.connected'))
      await step(realtime, port)
      await laterTurn()
    }
    await until(() => told(text()).length >= example.answer.length)
    // Long enough for anything that the document does not show.
    for (let turn = 0; turn < 20; turn++) await laterTurn()
    expect(told(text())).toBe(example.answer)
  })

  it.each(Object.entries(socketScenes))('%s is what goes over the wire', async (name, scene) => {
    const { realtime, port, asked, told } = await stage(scene)
    const [first = '', ...lines] = (examples.get(name) ?? '').trim().split('\n')
    const protocols = name.startsWith('plain') ? [] : ['steadystream.v1']
    const socket = await openSocket(port, asked(first.replace('> GET ', '')), {}, protocols)
    const steps = [...(scene.after ?? [])]
    const seen: string[] = []
    let isAnswer = true
    for (const line of lines) {
      if (line.startsWith('> ')) socket.ws.send(asked(line.slice(2)))
      else if (line.startsWith('< close')) {
        const { code, reason } = await socket.over
        seen.push(`< close ${code} ${reason}`.trim())
      } else {
        if (!isAnswer) await steps.shift()?.(realtime, port)
        const index = seen.filter((other) => other.startsWith('< ')).length
        await until(() => socket.frames.length > index)
        seen.push(told(`< ${socket.frames[index]}`))
      }
      if (line.startsWith('> ')) seen.push(line)
      isAnswer = line.startsWith('> ')
    }
    expect(seen).toEqual(lines)
    await expectNothingMore(socket, lines.filter((line) => /^< [[{]/.test(line)).length)
  })

  it('lists every close code with its reason, and what the client does', () => {
    const rows = [...protocolText.matchAll(/^\| (\d{4}) \| `([^`]+)` +\| (renews|comes back|stays away)/gm)]
    const codes = Object.values(closeCodes).map(({ code, reason }) => [code, reason, code < 3500])
    expect(rows.map(([, code, reason, verdict]) => [Number(code), reason, verdict !== 'stays away'])).toEqual(codes)
  })

  it('lists every code of a refusal', () => {
    const rows = [...protocolText.matchAll(/^\| [45]\d\d +\| `([A-Z_]+)`/gm)]
    // The other two are told to publishers alone.
    const refusals = errorCodes.filter((code) => !['CHANNEL_COMPLETED', 'CLOSED'].includes(code))
    expect(new Set(rows.map(([, code]) => code))).toEqual(new Set(refusals))
  })
})

function withEpoch({ headers }: HttpExample, asked: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, asked(value)]))
}

/** What is asked last is answered next. */
async function expectNothingMore({ ws, frames }: Awaited<ReturnType<typeof openSocket>>, count: number): Promise<void> {
  if (ws.readyState !== ws.OPEN) return expect(frames).toHaveLength(count)
  ws.send('{"type":"ping"}')
  await until(() => frames.length > count)
  expect(JSON.parse(frames[count] ?? '')).toMatchObject({ type: 'pong' })
}
