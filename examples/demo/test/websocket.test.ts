import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { removeFolders } from './demo-process.ts'
import { startServer } from './demo-server.ts'
import { startJob } from './job-stream.ts'
import type { DemoServer } from '../src/server.ts'

let server: DemoServer

beforeAll(async () => {
  server = await startServer()
})

afterAll(async () => {
  await server.close()
  await removeFolders()
})

type Message = Readonly<Record<string, unknown>>

/** A client without a subprotocol; `until` waits for a message, and gives all up to it. */
function open(path: string) {
  const socket = new WebSocket(`ws://localhost:${server.port}${path}`)
  onTestFinished(() => socket.terminate())
  const messages: Message[] = []
  let wake = () => {}
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as Message)
    wake()
  })
  return {
    socket,
    async until(fits: (message: Message) => boolean): Promise<readonly Message[]> {
      while (!messages.some(fits)) await new Promise<void>((resolve) => (wake = resolve))
      return messages
    },
  }
}

describe('the demo’s WebSocket side', () => {
  it('shows a job in the plain format, to its end', async () => {
    const jobId = await startJob(`http://localhost:${server.port}`, { frames: 24 })
    const { until } = open(`/ws?jobId=${jobId}&from=start`)
    const messages = await until(({ stage }) => stage === 'complete')
    expect(messages[0]).toMatchObject({ type: 'connected', clientId: expect.stringMatching(/^ws_/) as string })
    const progress = messages.filter(({ type }) => type === 'video_render_progress')
    expect(progress.length).toBeGreaterThanOrEqual(24)
    expect(progress.every((message) => message['jobId'] === jobId)).toBe(true)
  })

  it('refuses channels of jobs that are not there, and alerts of other users', async () => {
    const { socket, until } = open('/ws?userId=ann')
    await until(({ type }) => type === 'connected')
    const channels = [
      { type: 'video_render', id: 'nope' },
      { type: 'alerts', userId: 'bob' },
      { type: 'alerts', userId: 'ann' },
    ]
    for (const channel of channels) socket.send(JSON.stringify({ type: 'subscribe', channel }))
    socket.send('{"type":"ping"}')
    const messages = await until(({ code, channel }) => code === 'FORBIDDEN' && channel === 'alerts:@bob')
    expect(messages.filter(({ type }) => type === 'error').map(({ channel }) => channel)).toEqual([
      'video_render:nope',
      'alerts:@bob',
    ])
  })

  it('/ws/alerts takes who says who he is', async () => {
    const { until } = open('/ws/alerts?userId=ann')
    expect(await until(({ type }) => type === 'connected')).toHaveLength(1)
  })
})
