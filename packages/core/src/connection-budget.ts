import { pageProtocol, warn } from './env.ts'
import { isLive } from './shared-stream.ts'
import { dispatch } from './stream.ts'

import type { SharedStream } from './shared-stream.ts'

/** A browser opens six connections to an origin over HTTP/1.1, for all tabs; two are left for everything else. */
const defaultLimit = 4

const originOf = ({ transport: { url } }: SharedStream) => (url.startsWith('http') ? new URL(url).origin : undefined)

/** What takes a place at the origin of `stream`, or would. */
const rivalsOf = (connections: Iterable<SharedStream>, stream: SharedStream) => {
  const origin = originOf(stream)
  return [...connections].filter(
    (each) => each !== stream && isLive(each) && !each.choice?.isFollower && origin && originOf(each) === origin,
  )
}

const limitOf = (stream: SharedStream) => {
  const page = pageProtocol()
  const isScarce = page?.protocol === 'http/1.1' && page.origin === originOf(stream)
  return stream.settings.maxConnectionsPerOrigin ?? (isScarce ? defaultLimit : Infinity)
}

const isQueued = ({ machine }: SharedStream) => machine.pauses.includes('queued')

/** Lets a connection that begins wait where there are too many to its origin. */
export function admit(connections: Iterable<SharedStream>, stream: SharedStream): void {
  const page = pageProtocol()
  const rivals = rivalsOf(connections, stream)
  const mustWait = rivals.length >= limitOf(stream)
  if (mustWait || (page && rivals.length === defaultLimit))
    warn(
      `${rivals.length + 1} streams to ${originOf(stream)} (${rivals.map(({ id }) => id).join(', ')}): ${
        mustWait ? 'the last one waits' : 'HTTP/1.1 has six in all'
      }. Serve HTTP/2, or set maxConnectionsPerOrigin`,
    )
  // It may have waited before it gave up.
  dispatch(stream, mustWait ? 'pause' : 'resume', undefined, 'queued')
}

/** A place may be free: those that have waited longest dial, as far as there are places. */
export function admitNext(connections: Iterable<SharedStream>): void {
  // One that was told to reconnect has a link, and its place, while it still counts as one that waits.
  const taken = () => [...connections].filter((each) => each.machine.hasLink || !isQueued(each))
  for (const each of connections)
    if (isQueued(each) && isLive(each) && rivalsOf(taken(), each).length < limitOf(each))
      dispatch(each, 'resume', undefined, 'queued')
}
