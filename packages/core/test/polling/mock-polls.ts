import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'

import { createManualClock } from '../../src/testing/index.ts'
import { createPollChannel } from './poll-channel.ts'

export const url = 'https://poll.test/events'

export const msw = setupServer()

export type Reply = (query: URLSearchParams, nth: number) => Response | Promise<Response> | undefined

/** A mocked endpoint. `reply` may answer instead of the channel; requests that are held end after 25 s. */
export function mock(reply: Reply = () => undefined) {
  const clock = createManualClock()
  const channel = createPollChannel()
  const asked: (readonly [number, string])[] = []
  let inFlight = 0
  let most = 0
  msw.use(
    http.get(url, async ({ request }) => {
      const { searchParams } = new URL(request.url)
      asked.push([clock.now(), decodeURIComponent(searchParams.toString())])
      most = Math.max(most, ++inFlight)
      const wait = Number(searchParams.get('wait')) * 1000
      const held = new Promise<void>((resolve) => {
        const cancel = clock.after(wait, resolve)
        request.signal.addEventListener('abort', () => {
          cancel()
          resolve()
        })
      })
      const own = reply(searchParams, asked.length - 1)
      const response = (await own) ?? HttpResponse.json((await channel.answer(searchParams, held)) as object)
      inFlight--
      return response
    }),
  )
  return { clock, channel, asked, mostAtOnce: () => most }
}
