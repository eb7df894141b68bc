import { toStreamError } from '../errors.ts'

import type { Fetch } from '../env.ts'
import type { Link, Manner } from './transport.ts'

/** One event in the answer of an endpoint that is polled. */
export interface PollItem {
  /** What JSON can carry. */
  readonly data: unknown
  readonly id?: string | number | null | undefined
  /** Default `message`. */
  readonly type?: string | undefined
}

/** Picks the events out of an answer, the oldest first. */
export type ParseAnswer = (body: unknown, response: Response) => Iterable<PollItem>

/** Asks for what comes after an ID, with this `fetch`. */
export type AskWith = (signal: AbortSignal, lastEventId: string, fetch: Fetch) => Promise<Response>

interface Found {
  readonly key: string | undefined
  readonly item: PollItem
  readonly id: string | undefined
}

/** At least so many items are remembered, and those of the last answer however many they are. */
const rememberedItems = 4096

/** Polls any endpoint, and tells each item once: in the life of the transport, not only of a link. */
export function createItemFollower(
  parse: ParseAnswer,
  keyOf: ((item: PollItem) => string) | undefined,
  fetch: Fetch,
): (link: Link, ask: AskWith) => Manner {
  // Two generations, exchanged between answers: an item that is still there is always in one of them.
  let seen = new Set<string>()
  let olderSeen = seen
  let lastId = ''
  /** The validator of the last answer that was told to its end, by the address that it holds for. */
  let etags: Readonly<Record<string, string | null>> = {}
  let askedUrl = ''

  const conditionalFetch: Fetch = (input, init) => {
    askedUrl = (input as URL).href // what our requests are made with
    const headers = new Headers(init?.headers)
    const etag = etags[askedUrl]
    if (etag) headers.set('If-None-Match', etag)
    // `no-store` would send `Cache-Control: no-cache`, to which Express, for one, never answers 304.
    return fetch(input, { ...init, headers, cache: 'no-cache' })
  }

  function find(body: unknown, response: Response): Found[] {
    try {
      return [...parse(body, response)].map((item) => {
        const ownId = item.id == null ? undefined : String(item.id)
        const key = keyOf ? String(keyOf(item)) : ownId
        return { key, item, id: ownId ?? key }
      })
    } catch (error) {
      throw toStreamError(error, 'PARSE', `parse failed for ${JSON.stringify(body).slice(0, 80)}`)
    }
  }

  function isKnown(key: string | undefined): boolean {
    if (key === undefined) return false
    const wasSeen = seen.has(key) || olderSeen.has(key)
    seen.add(key)
    return wasSeen
  }

  return (link, ask) => {
    let startAfter = ''
    // The stream goes back to what its handler has seen, or was left there by an earlier page.
    if (link.lastEventId !== lastId) {
      seen = olderSeen = new Set()
      etags = {}
      lastId = startAfter = link.lastEventId
    }
    return {
      ask: (signal) => ask(signal, lastId, conditionalFetch),
      async take(body, response, isFirst) {
        const items = body === undefined ? [] : find(body, response)
        if (isFirst) link.opened()
        const start = startAfter ? items.findLastIndex(({ id }) => id === startAfter) : -1
        startAfter = ''
        for (const [index, { key, item, id }] of items.entries()) {
          for (let room; (room = link.ready());) await room
          if (link.signal.aborted) return false
          if (isKnown(key) || index <= start) continue
          if (id !== undefined) lastId = id
          tell(link, item, id)
        }
        if (body !== undefined) etags = { [askedUrl]: response.headers.get('ETag') }
        if (seen.size >= rememberedItems) {
          olderSeen = seen
          seen = new Set()
        }
        return false
      },
    }
  }
}

function tell(link: Link, { data, type = 'message' }: PollItem, id: string | undefined): void {
  let text = ''
  try {
    text = JSON.stringify(data) ?? 'null'
  } catch {
    // nested too deep, or a BigInt
  }
  const isUsable = text && text.length <= link.maxEventSize
  link[isUsable ? 'event' : 'oversized']({ id, type, data: text.slice(0, isUsable ? text.length : 99) })
}
