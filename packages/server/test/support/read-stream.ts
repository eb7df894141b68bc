import { request } from 'node:http'

import { createParser } from 'eventsource-parser'
import { onTestFinished } from 'vitest'

import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'

export interface Block {
  readonly id?: string
  readonly event?: string
  readonly data?: unknown
  readonly comment?: string
}

export interface Reading {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Everything received so far, as it came. */
  readonly text: () => string
  /** The next `count` blocks; comments are left out unless asked for. */
  take(count: number): Promise<Block[]>
  /** Everything until the response ends; rejects where it is cut. */
  rest(): Promise<Block[]>
  /** Settles when the connection is gone: whether the response had ended properly. */
  readonly over: Promise<'ended' | 'cut'>
  pause(): void
  resume(): void
  leave(): void
}

export interface Ask {
  readonly path?: string
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly comments?: boolean
  readonly body?: string
}

/** Opens a request and reads its answer as an event stream, block by block. */
export async function readStream(port: number, ask: Ask = {}): Promise<Reading> {
  const { path = '/events', method = 'GET', headers = {}, comments = false, body } = ask
  const req = request({ port, host: '127.0.0.1', path, method, headers, agent: false })
  req.on('error', () => {}) // a test that cuts the link knows
  const response = new Promise<IncomingMessage>((resolve, reject) => req.on('response', resolve).on('error', reject))
  req.end(body)
  const res = await response
  onTestFinished(() => void req.destroy())
  return follow(res, comments)
}

function follow(res: IncomingMessage, comments: boolean): Reading {
  const blocks: Block[] = []
  let text = ''
  let wake = () => {}
  let isOver = false
  const parser = createParser({
    onEvent: ({ id, event, data }) =>
      blocks.push({ ...(id !== undefined && { id }), ...(event && { event }), data: JSON.parse(data) }),
    onComment: (comment) => comments && blocks.push({ comment }),
  })
  res.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    parser.feed(chunk)
    wake()
  })
  res.on('error', () => {})
  const over = new Promise<'ended' | 'cut'>((resolve) => {
    res.on('close', () => {
      isOver = true
      wake()
      resolve(res.complete ? 'ended' : 'cut')
    })
  })
  return {
    status: res.statusCode ?? 0,
    headers: res.headers,
    text: () => text,
    async take(count) {
      while (blocks.length < count) {
        if (isOver) throw new Error(`the stream was over after ${JSON.stringify(blocks)}`)
        await new Promise<void>((resolve) => (wake = resolve))
      }
      return blocks.splice(0, count)
    },
    async rest() {
      if ((await over) === 'cut') throw new Error(`the stream was cut after ${JSON.stringify(blocks)}`)
      return blocks.splice(0)
    },
    over,
    pause: () => void res.pause(),
    resume: () => void res.resume(),
    leave: () => void res.destroy(),
  }
}
