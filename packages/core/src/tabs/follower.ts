import { StreamError } from '../errors.ts'
import { isOverdue } from '../heartbeat.ts'
import { catchUp } from './catch-up.ts'
import { pass } from './relay.ts'

import type { Call } from './relay.ts'
import type { RoleHost, TabRole } from './tab-role.ts'

/** After so long without a word from the leader, or twice that, it is asked; after as long again it is replaced. */
const quietMs = 3000
/** A lock that falls free may overtake the message that says why. */
const graceMs = 100

interface FollowerHost extends RoleHost {
  /** The leader's, where one has been heard. */
  readonly term: string | undefined
  /** There was no leader. */
  lead(): void
  /** The leader does not answer. */
  steal(): void
  /** The connection is another tab's. */
  follows(): void
}

/** Is told what the leader's connection brings, from this tab's own place on. */
export function follow(host: FollowerHost): TabRole {
  const { id, link, real, log, post, redial, steal } = host
  const { clock } = link
  let transport: string | undefined
  let { term } = host
  let isKnown = false
  let isPlaced = false
  let behind: ((call: Call) => void) | undefined
  let isPromoted = false
  let cancel = () => {}

  // What it says of channels is for this tab, and for the link as it is.
  const side = real.channels?.(link)
  const join = () => post('join', id, link.lastEventId, link.fromStart)

  function wait(ms: number, then: () => void): void {
    cancel()
    cancel = clock.after(ms, then)
  }

  function listen(): void {
    wait(quietMs * (1 + clock.random()), () => {
      post('ping')
      const at = clock.now()
      // A page that slept gets to what it was told meanwhile after its timers.
      wait(quietMs, () => (isOverdue(clock.now() - at, quietMs) ? wait(1000, steal) : steal()))
    })
  }

  function apply(call: Call): void {
    const [name, what] = call
    if (behind) behind(call)
    else if (name === 'opened') {
      if (transport !== undefined) return
      transport = String(what)
      host.follows()
      link.opened()
    } else if (name === 'placed') {
      isPlaced = true
      side?.opened((commands) => {
        post('send', commands, id)
        return undefined
      })
    } else if (name === 'take') side?.take(what)
    else if (name === 'behind')
      behind = catchUp(host, what, transport !== undefined, (rest) => {
        behind = undefined
        rest.forEach(apply)
      })
    else if (isPlaced || name === 'retry') {
      log.record(call)
      pass(link, call)
    }
  }

  log.begin(link.lastEventId)
  listen()
  join()

  return {
    leads: false,
    isAlone: false,
    get isBehind() {
      return !!behind
    },
    get transport() {
      return transport
    },
    heard(message) {
      const [kind, from] = message
      const isFirst = term === undefined
      if (/join|ping|send|leave/.test(kind)) return
      // The last words of the former leader may come late.
      if (!isPromoted) listen()
      if (kind === 'over') {
        if (term !== from) return
        const { code, message: text, ...details } = Object(message[2]) as Partial<StreamError>
        if (code) link.failed(new StreamError(code, String(text), details))
        else redial()
      } else if (kind === 'lead') {
        term ??= from
        if (isFirst) join()
        else if (term !== from) redial()
      } else if (
        kind === 'tell' &&
        (message[2] ? message[2] === id && (isFirst || term === from) : isKnown && term === from)
      ) {
        // What is for all is for those that the leader knows of.
        isKnown = true
        term = from
        try {
          message[3].forEach(apply)
          // Who is behind has a connection of his own, which has to show that it lives.
          if (!behind) link.bytes(message[4])
        } catch {
          link.failed(new StreamError('NETWORK', 'another tab is not understood'))
        }
      }
    },
    send(data) {
      if (transport) post('send', data, id)
      return transport ? 'sent' : 'refused'
    },
    promote(wasStolen) {
      isPromoted = true
      if (term === undefined) host.lead()
      else if (wasStolen) redial()
      else wait(graceMs, redial)
    },
    end() {
      cancel()
      post('leave', id)
    },
  }
}
