import { expect, it, vi } from 'vitest'

import { sse } from '../../src/index.ts'
import { follow, openClient } from './open-client.ts'

/** The events of one response; it ends behind them, but for the last one. */
type Script = readonly (readonly object[])[]

/** A client whose server answers with these, one after another. */
function openScripted(scripts: readonly Script[]) {
  const asked: unknown[] = []
  const encoder = new TextEncoder()
  const answer: typeof fetch = (_, init) => {
    const script = scripts[asked.length] ?? []
    const isLast = asked.push((JSON.parse(init?.body as string) as { channels: unknown }).channels) === scripts.length
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const greeting = 'event: steadystream.connected\ndata: {"session":"s"}\n\n'
        const frames = script.map((envelopes) => `data: ${JSON.stringify(envelopes)}\n\n`)
        controller.enqueue(encoder.encode([greeting, ...frames].join('')))
        if (!isLast) controller.close()
      },
    })
    return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }))
  }
  return { asked, client: openClient({ url: 'https://played.test/', transports: [sse('')], fetch: answer }) }
}

const subscribed = (position: string, recovered: boolean) => ({ type: 'subscribed', channel: 'a', position, recovered })
const event = (offset: number) => ({ type: 'event', channel: 'a', position: `e:${offset}`, data: offset })
const gap = (from: string | undefined, to: string) => ({ type: 'gap', channel: 'a', kind: 'lost', from, to })

it('declares what is lost where the link ends before the server has said so', async () => {
  const { client, asked } = openScripted([[[subscribed('e:7', false)]], [[subscribed('e:7', true), event(8)]]])
  const { log } = follow(client, 'a', { from: 'start' })
  await vi.waitFor(() => expect(log).toContain('data 8'))
  expect(asked).toEqual([{ a: 'start' }, { a: 'e:7' }])
  expect(log.filter((line) => /gap|data/.test(line))).toEqual(['gap lost undefined..e:7', 'data 8'])
})

it('declares it once where the server says so, too', async () => {
  const { client, asked } = openScripted([
    [[subscribed('e:0', true), event(1), event(2), event(3)]],
    [[subscribed('e:2', false), gap('e:3', 'e:2'), event(3)]],
    [[subscribed('e:7', false)], [gap('e:3', 'e:7'), event(8)]],
  ])
  const { log } = follow(client, 'a', { from: 'e:0' })
  await vi.waitFor(() => expect(log).toContain('data 8'))
  expect(asked).toEqual([{ a: 'e:0' }, { a: 'e:3' }, { a: 'e:3' }])
  expect(log.filter((line) => /gap|data/.test(line))).toEqual([
    ...['data 1', 'data 2', 'data 3'],
    // It has lost the last one, and gives its offset anew.
    ...['gap lost e:3..e:2', 'data 3'],
    ...['gap lost e:3..e:7', 'data 8'],
  ])
})
