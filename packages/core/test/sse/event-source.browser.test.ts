import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { chromiumPath, launchChromium } from './chromium.ts'
import { receiveNatively, receiveWithCore } from './vector-page.ts'
import { serveVectors } from './vector-server.ts'
import { vectors } from './vectors.ts'

import type { Browser, Page } from 'playwright-core'
import type { Vector } from './vector.ts'
import type { VectorTask } from './vector-page.ts'
import type { VectorServer } from './vector-server.ts'

/** Where Chromium's own EventSource is not what the standard says, and why. */
const chromiumDiffers: Readonly<Record<string, string>> = {
  // `EventSourceParser::AddBytes` takes the mark off when it looks at the fourth byte, and goes on to the fifth without
  // asking whether the fourth ends a line: it becomes the first character of the next line, whose field is then unknown.
  'byte order mark: a mark before LF': 'the LF right after a mark does not end a line',
  'byte order mark: a mark before CR': 'the CR right after a mark does not end a line',
}

let server: VectorServer
let browser: Browser
let page: Page

beforeAll(async () => {
  if (chromiumPath === '') return
  server = await serveVectors()
  browser = await launchChromium()
  page = await browser.newPage()
  await page.goto(server.url)
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

const tasksFor = (client: string): VectorTask[] =>
  vectors.map(({ expected: { events, retry = 0 } }, n) => ({
    url: `/${client}/${n}`,
    types: events.map(({ type }) => type),
    reconnects: retry <= 5000,
  }))

/** What the second request has to send; HTTP drops blanks around a value. */
function sentId({ expected: { lastEventId } }: Vector): string | undefined {
  return lastEventId === '' ? undefined : lastEventId.replace(/^[\t ]+|[\t ]+$/g, '')
}

describe.skipIf(chromiumPath === '')('in Chromium', () => {
  test('its own EventSource agrees with every vector but the listed ones', async () => {
    const tasks = tasksFor('native')
    const received = await page.evaluate(receiveNatively, tasks)
    const differing = vectors.filter((vector, n) => {
      const ids = server.lastEventIds.get(`/native/${n}`)
      const agrees = JSON.stringify(received[n]) === JSON.stringify(vector.expected.events)
      return !agrees || (tasks[n]?.reconnects === true && ids?.[1] !== sentId(vector))
    })
    expect(differing.map(({ name }) => name)).toEqual(Object.keys(chromiumDiffers))
  })

  test('our client agrees with every vector, and sends its last event ID', async () => {
    // No header can carry these.
    const unsendable = /[\0-\x08\n-\x1f\x7f]/
    const received = await page.evaluate(receiveWithCore, tasksFor('core'))
    // One by one, since the difference of two whole lists cannot be read.
    for (const [n, vector] of vectors.entries()) {
      const { events, lastEventId } = vector.expected
      expect(received[n], vector.name).toEqual({ events, lastEventId })
      const sent = unsendable.test(lastEventId) ? undefined : sentId(vector)
      expect(server.lastEventIds.get(`/core/${n}`), vector.name).toEqual([undefined, sent])
    }
  })
})
