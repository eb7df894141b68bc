import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { councilScore } from '@steadystream/core/presets'
import { removeFolders } from './demo-process.ts'
import { startServer } from './demo-server.ts'
import { collect } from './sse-events.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CouncilScoreEvent } from '@steadystream/core/presets'

afterEach(removeFolders)

interface Asked {
  readonly authorization: string | undefined
  readonly body: {
    readonly model: string
    readonly stream: boolean
    readonly messages: readonly { readonly content: string }[]
  }
}

/** An OpenAI-compatible server that streams these pieces, or refuses. */
async function openProvider(pieces: readonly string[], status = 200): Promise<{ baseUrl: string; asked: Asked[] }> {
  const asked: Asked[] = []
  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = (await json(req)) as Asked['body']
    asked.push({ authorization: req.headers.authorization, body })
    if (status !== 200) return void res.writeHead(status).end()
    res.writeHead(200, { 'Content-Type': 'text/event-stream' })
    for (const content of pieces) res.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`)
    res.end('data: [DONE]\n\n')
  }
  const server = createServer((req, res) => void answer(req, res))
  await new Promise<void>((resolve) => server.listen(0, resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  // It listens on TCP.
  return { baseUrl: `http://localhost:${(server.address() as AddressInfo).port}/v1`, asked }
}

async function hold(baseUrl: string): Promise<CouncilScoreEvent[]> {
  const demo = await startServer({ settings: { provider: { baseUrl, apiKey: 'sk-test', model: 'small' } } })
  onTestFinished(() => demo.close())
  const path = councilScore.path({ videoUrl: '/v.gif', transcript: 'Do you know?' })
  return collect<CouncilScoreEvent>(`http://localhost:${demo.port}${path}`)
}

const verdictOf = (events: readonly CouncilScoreEvent[]) =>
  events.find(({ model, isComplete }) => model === 'gpt4' && isComplete)

describe('a council with a provider', () => {
  it('gives the seat to the model that answers there, and shows what it thinks as it comes', async () => {
    const { baseUrl, asked } = await openProvider(['It asks. ', 'Short.', '\nSCORE: 73'])
    const events = await hold(baseUrl)
    expect(verdictOf(events)).toMatchObject({ score: 73, thinking: 'It asks. Short.', reasoning: 'Short.' })
    expect(events.filter(({ model }) => model === 'gpt4').map(({ thinking }) => thinking)).toEqual([
      'It asks. ',
      'It asks. Short.',
      'It asks. Short.\nSCORE: 73',
      'It asks. Short.',
    ])
    expect(asked).toMatchObject([{ authorization: 'Bearer sk-test', body: { model: 'small', stream: true } }])
    expect(asked[0]?.body.messages.at(-1)?.content).toBe('Do you know?')
  })

  it('asks once, and measures itself where the provider fails', async () => {
    const { baseUrl, asked } = await openProvider([], 401)
    const events = await hold(baseUrl)
    expect(verdictOf(events)?.reasoning).toContain('first 3 words')
    expect(asked).toHaveLength(1)
  })
})
