import { sse } from '../../src/index.ts'
import { openClient } from './open-client.ts'

import type { ChannelClientOptions } from '../../src/index.ts'

/** A client whose server is played by hand: `say` tells the present link, `cut` ends it. */
export function openPlayed(options: ChannelClientOptions = {}) {
  /** What was asked, at a dial or by a command. */
  const asked: unknown[] = []
  const encoder = new TextEncoder()
  let link: ReadableStreamDefaultController<Uint8Array> | undefined
  const played: typeof fetch = (_, init) => {
    const { channels, commands } = JSON.parse(init?.body as string) as { channels?: unknown; commands?: unknown[] }
    if (commands) {
      asked.push(...commands)
      return Promise.resolve(Response.json({ replies: commands.map(() => null) }))
    }
    asked.push(channels)
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        link = controller
        controller.enqueue(encoder.encode('event: steadystream.connected\ndata: {"session":"s"}\n\n'))
      },
    })
    return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }))
  }
  return {
    asked,
    client: openClient({ url: 'https://played.test/', transports: [sse('')], fetch: played, ...options }),
    /** All in one frame. */
    say: (...envelopes: object[]) => link?.enqueue(encoder.encode(`data: ${JSON.stringify(envelopes)}\n\n`)),
    cut: () => link?.close(),
  }
}

export const subscribed = (position: string, recovered?: boolean, channel = 'a') => ({
  type: 'subscribed',
  channel,
  position,
  recovered,
})

export const event = (offset: number, channel = 'a', data: unknown = offset) => ({
  type: 'event',
  channel,
  position: `e:${offset}`,
  data,
})

export const gap = (from: string | undefined, to: string) => ({ type: 'gap', channel: 'a', kind: 'lost', from, to })

export const complete = (offset: number, channel = 'a') => ({ type: 'complete', channel, position: `e:${offset}` })

/** What a subscription was told of events. */
export const news = (log: readonly string[]) => log.filter((line) => /^(gap|data)/.test(line))
