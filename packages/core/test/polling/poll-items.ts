import { onTestFinished } from 'vitest'

import { polling } from '../../src/transports/polling.ts'
import { recordLink } from './recording-link.ts'
import { scriptFetch } from './scripted-fetch.ts'

import type { ParsedPollingOptions } from '../../src/transports/polling.ts'

export const url = 'http://poll.test/messages'

export interface Message {
  readonly id?: string | number | null
  readonly text: unknown
  readonly kind?: string
}

// What the tests answer is an array of messages.
export const parse: ParsedPollingOptions['parse'] = (body) =>
  (body as Message[]).map(({ id, text, kind }) => ({ id, data: text, type: kind }))

/** Messages of these numbers. */
export const messages = (...numbers: number[]) => numbers.map((n) => ({ id: `m${n}`, text: n }))

export function setUp(options: Partial<ParsedPollingOptions> = {}) {
  const script = scriptFetch()
  const transport = polling(url, { parse, fetch: script.fetch, ...options })({})
  const dial = (lastEventId = '', more: Parameters<typeof recordLink>[0] = {}) => {
    const link = recordLink({ lastEventId, ...more })
    onTestFinished(() => link.abort())
    transport.connect(link)
    return link
  }
  return { ...script, dial }
}

export const told = (...numbers: number[]) => numbers.map((n) => `event message m${n} ${n}`)
