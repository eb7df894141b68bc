import {
  controlEvents,
  formatPosition,
  formatSseBlock,
  formatSseComment,
  parsePosition,
} from '../../src/protocol/index.ts'
import { cutAfter } from './faults.ts'

import type { Cut, CutKind } from './faults.ts'

/** What a server does about resuming. */
export type ServerKind =
  /** Ours: the connected event, positions, replay. */
  | 'positions'
  /** Plain IDs; replays what follows `Last-Event-ID`. */
  | 'plain-ids'
  /** Plain IDs; ignores `Last-Event-ID` and replays everything on each link. */
  | 'replays-all'
  /** No IDs; goes on with the next event. */
  | 'without-ids'

export interface ChannelOptions {
  readonly kind: ServerKind
  /** How many events there are, numbered from 1. */
  readonly events: number
  /** In the order of their events. */
  readonly cuts: readonly Cut[]
  readonly heartbeatInterval: number
}

/** The next bytes for a link: some, or its end. */
export type Piece = { readonly bytes: Uint8Array } | { readonly over: CutKind | 'completed' }

/** A channel with a finished history, whose links are cut as planned. It speaks bytes, and knows no socket. */
export interface FaultyChannel {
  /** Faults that have happened. */
  readonly cutsDone: number
  readonly links: number
  /** The pieces of one link, which resumes after `lastEventId`. */
  open(lastEventId: string | undefined): Iterator<Piece, void>
}

const epoch = 'e1'
const encoder = new TextEncoder()

export function createFaultyChannel({ kind, events, cuts, heartbeatInterval }: ChannelOptions): FaultyChannel {
  let cutsDone = 0
  let links = 0
  /** The last event sent by a server that replays nothing. */
  let sentUpTo = 0

  function placeOf(lastEventId: string | undefined): number {
    if (kind === 'without-ids') return sentUpTo
    if (kind === 'replays-all' || lastEventId === undefined) return 0
    return kind === 'plain-ids' ? Number(lastEventId) : (parsePosition(lastEventId)?.offset ?? 0)
  }

  function* open(lastEventId: string | undefined): Generator<Piece, void> {
    links += 1
    const place = placeOf(lastEventId)
    if (kind === 'positions') {
      yield text(formatSseComment('welcome') + greeting(place, heartbeatInterval))
    } else if (kind !== 'without-ids') {
      yield text(formatSseComment('welcome'))
    }
    for (let n = place + 1; n <= events; n++) {
      sentUpTo = n
      const block = encoder.encode(blockOf(kind, n))
      const cut = cuts[cutsDone]
      if (cut && n >= cut.event) {
        cutsDone += 1
        yield { bytes: block.subarray(0, cutAfter(block, cut)) }
        yield { over: cut.kind }
        return
      }
      yield { bytes: block }
      if (n % 97 === 0) yield text(formatSseComment('still here'))
    }
    yield text(formatSseBlock({ event: controlEvents.complete, data: '{}' }))
    yield { over: 'completed' }
  }

  return {
    get cutsDone() {
      return cutsDone
    },
    get links() {
      return links
    },
    open,
  }
}

const text = (value: string): Piece => ({ bytes: encoder.encode(value) })

function greeting(offset: number, heartbeatInterval: number): string {
  return formatSseBlock({
    event: controlEvents.connected,
    id: formatPosition({ epoch, offset }),
    data: JSON.stringify({ clientId: 'sse_1', heartbeatInterval, recovered: true }),
  })
}

/** One event, with characters of two, three and four bytes and line ends of each kind. */
function blockOf(kind: ServerKind, n: number): string {
  const id = kind === 'positions' ? formatPosition({ epoch, offset: n }) : String(n)
  const data = `{"n":${n},\n"text":"é€😀 ${'x'.repeat(n % 50)}"}`
  const block = formatSseBlock({ id: kind === 'without-ids' ? undefined : id, data })
  // A server may end its lines with any of the three; a cut between CR and LF needs CRLF.
  return n % 5 === 0 ? block.replaceAll('\n', '\r') : n % 5 === 1 ? block : block.replaceAll('\n', '\r\n')
}
