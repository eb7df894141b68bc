import { createEnhancedSSEStream } from '@steadystream/core'
import { EventSource } from 'eventsource'
import { createParser } from 'eventsource-parser'

import { cpuMicrosOf, cpuPer } from './bench.ts'
import { startHelper } from './helper.ts'
import { eventCount } from './small-events.ts'

import type { Bench, Round } from './bench.ts'
import type { Ids, SmallEvent } from './small-events.ts'

/** Takes an event. @returns whether it was the last. */
type Take = (event: SmallEvent) => boolean
/** Hands every event of one response to `take`, then closes the connection. */
type Client = (url: string, take: Take) => Promise<void>

const steadystream: Client = (url, take) =>
  new Promise((resolve, reject) => {
    const stream = createEnhancedSSEStream<SmallEvent>(
      url,
      {
        onData(event) {
          if (!take(event)) return
          stream.close()
          resolve()
        },
        onError: reject,
      },
      { pool: false },
    )
  })

const eventSource: Client = (url, take) =>
  new Promise((resolve, reject) => {
    const source = new EventSource(url)
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (!take(JSON.parse(data) as SmallEvent)) return
      source.close()
      resolve()
    })
    source.addEventListener('error', ({ message }) => reject(new Error(message)))
  })

/** What is left when everything but reading is left out: no retry, no resume, no heartbeat, no bound on what waits. */
const bareLoop: Client = async (url, take) => {
  const { body } = await fetch(url)
  if (!body) throw new Error('the response has no body')
  let isOver = false
  const parser = createParser({
    onEvent({ event, data }) {
      // As an EventSource does with names that nobody listens to.
      if (event) return
      isOver = take(JSON.parse(data) as SmallEvent)
    },
  })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  while (!isOver) {
    const { done, value } = await reader.read()
    if (done) throw new Error('the response ended early')
    parser.feed(decoder.decode(value, { stream: true }))
  }
  await reader.cancel()
}

const measure = cpuPer('event')

async function contender(client: Client, ids: Ids): Promise<Round> {
  const { port } = await startHelper('event-server', ids)
  return async () => {
    let last = 0
    const take: Take = ({ frame }) => {
      if (frame !== last + 1) throw new Error(`event ${frame} came after ${last}`)
      last = frame
      return frame === eventCount
    }
    const cpuMicros = await cpuMicrosOf(() => client(`http://127.0.0.1:${port}/`, take))
    return { [measure.name]: cpuMicros / last }
  }
}

export function clientBench(ids: Ids): Bench {
  return {
    title: `client: ${eventCount.toLocaleString('en')} small events with ${ids === 'plain' ? 'plain ids' : 'positions as ids'}`,
    measures: [measure],
    contenders: {
      '@steadystream/core': () => contender(steadystream, ids),
      eventsource: () => contender(eventSource, ids),
      'fetch + eventsource-parser': () => contender(bareLoop, ids),
    },
  }
}
