import { createServer } from 'node:http'

import { expect, it, onTestFinished, vi } from 'vitest'

import { createEnhancedSSEStream, createStreamManager } from '../../src/index.ts'
import { createManualClock } from '../../src/testing/index.ts'
import { listen } from '../support/serve.ts'

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { StreamConfig } from '../../src/index.ts'

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[]
}

const question = { model: 'any', stream: true, messages: [{ role: 'user', content: 'Why do streams end?' }] }
const words = ['Streams', ' end', ' where', ' they', ' began', '.']

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`

/** Answers as such a server does: no ids, no retry, no comments. */
function say(response: ServerResponse, said: readonly string[]): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })
  for (const word of said) response.write(chunk(word))
  return response
}

/** A server that `answer`s each question, numbered from 0, and a stream that has asked it one. */
async function ask(answer: (response: ServerResponse, nth: number) => void, config: StreamConfig<Chunk> = {}) {
  const questions: unknown[] = []
  let open = 0
  const server = createServer((request, response) => {
    if (request.method === 'HEAD') return void response.end()
    open += 1
    response.on('close', () => open--)
    void bodyOf(request).then((body) => {
      questions.push(JSON.parse(body))
      answer(response, questions.length - 1)
    })
  })
  const { port } = await listen(server)
  const url = `http://127.0.0.1:${port}/v1/chat/completions`
  const manager = createStreamManager()
  const log: string[] = []
  let text = ''
  const stream = createEnhancedSSEStream<Chunk>(
    url,
    {
      onData: ({ choices }) => void (text += choices[0]?.delta.content ?? ''),
      onComplete: () => void log.push('complete'),
      onError: ({ code, status = '', willRetry }) =>
        void log.push(`${code} ${status} ${willRetry ? 'retried' : 'final'}`.replace('  ', ' ')),
      onStateChange: ({ state, reason }) => void log.push(`${state} ${reason}`),
      onGap: () => void log.push('gap'),
    },
    {
      manager,
      headers: { Authorization: 'Bearer key' },
      body: question,
      isComplete: ({ data }) => data === '[DONE]',
      // A second question would come at once.
      retryDelay: 0,
      minRetryDelay: 0,
      ...config,
    },
  )
  onTestFinished(() => manager.cleanupAll())
  return { url, stream, questions, log, text: () => text, open: () => open }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of request.setEncoding('utf8')) body += String(part)
  return body
}

/** Time enough for a question that was sent before this one to arrive. */
const roundTrip = (url: string) => fetch(url, { method: 'HEAD' })

it.each<[string, (response: ServerResponse) => void]>([
  ['[DONE] and the end', (response) => void response.end('data: [DONE]\n\n')],
  ['[DONE] over a connection that is left open', (response) => void response.write('data: [DONE]\n\n')],
  ['the end alone', (response) => void response.end()],
])('an answer is complete with %s', async (_, finish) => {
  const { url, log, text, questions, open } = await ask((response) => finish(say(response, words)))
  await vi.waitFor(() => expect(log).toContain('complete'))
  expect(text()).toBe(words.join(''))
  await roundTrip(url)
  expect(log).toEqual(['connecting started', 'connected opened', 'disconnected completed', 'complete'])
  expect(questions).toEqual([question])
  // Nothing is left open for an answer that has been had.
  await vi.waitFor(() => expect(open()).toBe(0))
})

it.each<[string, (response: ServerResponse) => void]>([
  ['between two words', (response) => void response.socket?.resetAndDestroy()],
  ['in the middle of a word', (response) => response.write(chunk('lost').slice(0, 30), () => void response.destroy())],
])('an answer that is cut %s is INTERRUPTED, and the question is not asked again', async (_, cut) => {
  let cutOff = () => {}
  const { url, log, text, questions, stream } = await ask((response) => {
    const spoken = say(response, words.slice(0, 3))
    cutOff = () => cut(spoken)
  })
  await vi.waitFor(() => expect(text()).toBe(words.slice(0, 3).join('')))
  cutOff()
  await vi.waitFor(() => expect(stream.state).toBe('error'))
  await roundTrip(url)
  expect(log).toEqual(['connecting started', 'connected opened', 'INTERRUPTED final', 'error fatal'])
  expect(text()).toBe(words.slice(0, 3).join(''))
  expect(questions).toEqual([question])
})

it('a 503 before the answer is asked again when Retry-After is due, and not before', async () => {
  const clock = createManualClock({ random: () => 0 })
  const { url, log, text, questions, stream } = await ask(
    (response, nth) =>
      nth === 0 ? response.writeHead(503, { 'Retry-After': '7' }).end() : say(response, words).end('data: [DONE]\n\n'),
    { clock },
  )
  await vi.waitFor(() => expect(stream.state).toBe('retrying'))
  await clock.advance(6999)
  await roundTrip(url)
  expect(questions).toHaveLength(1)
  await clock.advance(1)
  await vi.waitFor(() => expect(log).toContain('complete'))
  expect(log).toEqual([
    'connecting started',
    'HTTP 503 retried',
    'retrying lost',
    'connected opened',
    'disconnected completed',
    'complete',
  ])
  expect(text()).toBe(words.join(''))
  expect(questions).toEqual([question, question])
})
