import { pageProtocol, warn } from './env.ts'
import { isLive } from './shared-stream.ts'
import { dispatch } from './stream.ts'

import type { SharedStream } from './shared-stream.ts'

/** A browser opens six connections to an origin over HTTP/1.1, for all tabs; two are left for everything else. */
const defaultLimit = 4

const originOf = ({ transport: { url } }: SharedStream) => (url.startsWith('http') ? new URL(url).origin : undefined)

/** What takes a place at the origin of `stream`, or would. */
const rivalsOf = (connections: Iterable<SharedStream>, stream: SharedStream) =>
  [...connections].filter(
    (each) =>
      each !== stream &&
      isLive(each) &&
      !each.choice?.isFollower &&
      !!originOf(stream) &&
      originOf(each) === originOf(stream),
  )

const isQueued = ({ machine }: SharedStream) => machine.pauses.includes('queued')

/** Lets a new connection wait where there are too many to its origin. */
export function admit(connections: Iterable<SharedStream>, stream: SharedStream): void {
  const { maxConnectionsPerOrigin } = stream.settings
  const page = pageProtocol()
  const rivals = rivalsOf(connections, stream)
  const isScarce = page?.protocol === 'http/1.1' && page.origin === originOf(stream)
  const mustWait = rivals.length >= (maxConnectionsPerOrigin ?? (isScarce ? defaultLimit : Infinity))
  if (mustWait || (page && rivals.length === defaultLimit))
    warn(
      `${rivals.length + 1} streams to ${originOf(stream)} (${rivals.map(({ id }) => id).join(', ')}): ${
        mustWait ? 'the last one waits' : 'HTTP/1.1 has six in all'
      }. Serve HTTP/2, or set maxConnectionsPerOrigin`,
    )
  if (mustWait) dispatch(stream, 'pause', undefined, 'queued')
}

/** A connection has ended: the one that has waited longest for its place may dial. */
export function admitNext(connections: Iterable<SharedStream>, ended: SharedStream): void {
  const next = rivalsOf(connections, ended).find(isQueued)
  if (next && !isQueued(ended)) dispatch(next, 'resume', undefined, 'queued')
}
