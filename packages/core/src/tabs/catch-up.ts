import { StreamError } from '../errors.ts'
import { idOf, pass, tap } from './relay.ts'

import type { Call } from './relay.ts'
import type { RoleHost } from './tab-role.ts'

/** Relayed calls that are kept meanwhile; the server is ahead of those that were dropped. */
const maxRelayed = 4096
/** For the server to answer: the stream takes the leader's connection for its own, which is open. */
const answerMs = 30_000

/**
 * Asks the server, over a connection of this tab's own, for what the leader does not have any more, until that meets
 * what the leader tells.
 * @param mark where the leader is
 * @param met called, once, with what the leader has told behind the meeting point
 * @returns takes what the leader tells
 */
export function catchUp(
  { link, real, log }: RoleHost,
  mark: unknown,
  isOpen: boolean,
  met: (rest: readonly Call[]) => void,
): (call: Call) => void {
  const controller = new AbortController()
  const { signal } = controller
  let relayed: Call[] = [['moved', mark]]
  let reached: unknown = link.lastEventId || undefined

  function meet(): void {
    const at = relayed.findLastIndex((call) => reached !== undefined && idOf(call) === reached)
    if (at < 0 || signal.aborted) return
    controller.abort()
    met(relayed.slice(at + 1))
  }

  const late = () => link.failed(new StreamError('TIMEOUT', `no response within ${answerMs} ms`))
  const cancel = link.clock.after(answerMs, late)
  signal.addEventListener('abort', cancel)
  link.signal.addEventListener('abort', () => controller.abort())
  real.connect({
    ...tap(link, (call) => {
      cancel()
      if (signal.aborted || (isOpen && call[0] === 'opened')) return
      log.record(call)
      pass(link, call)
      reached = idOf(call) ?? reached
      meet()
    }),
    signal,
  })
  return (call) => {
    relayed = [...relayed, call].slice(-maxRelayed)
    meet()
  }
}
