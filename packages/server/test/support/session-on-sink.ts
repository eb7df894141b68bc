import { closeCodes } from '@steadystream/core/protocol'

import { Callers } from '../../src/callers.ts'
import { Place, Places } from '../../src/places.ts'
import { Session } from '../../src/session.ts'
import { sseWire } from '../../src/transports/sse.ts'

import type { CloseReason, QueueBudget } from '../../src/session-setup.ts'
import type { Sink } from '../../src/sink.ts'

interface Setup {
  queuedBytes?: number
  budget?: QueueBudget
  extra?: Partial<Sink>
  deadline?: number
}

function noPlace(): Place {
  return new Place(new Places({ connections: 1, connectionsPerUser: 1, connectionsPerIp: 1 }), undefined)
}

/** A session on a sink that a test opens and shuts. `extra` is what only some transports can do. */
export function sessionOnSink({
  queuedBytes = 1000,
  budget = { used: 0, limit: 10_000 },
  extra = {},
  deadline = Infinity,
}: Setup = {}) {
  const did: string[] = []
  const closed: CloseReason[] = []
  const taken: number[] = []
  const unfinished: boolean[] = []
  let open = true
  const session = new Session({
    id: 'sse_1',
    channel: 'a',
    client: { principal: undefined, address: undefined, place: noPlace(), caller: new Callers().expect() },
    deadline,
    deadlineCode: closeCodes.expired,
    connectedAt: 0,
    wire: sseWire,
    sink: {
      ...extra,
      write(chunk, more) {
        taken.push(chunk.length)
        unfinished.push(more)
        did.push(Buffer.from(chunk).toString())
        return open
      },
      end: (code) => void did.push(code ? `END ${code.code}` : 'END'),
      destroy: () => void did.push('DESTROY'),
    },
    limits: { queuedBytes, stallMs: 30_000, heartbeatMs: 15_000 },
    budget,
    onClosed: (_, why) => closed.push(why),
  })
  function shut(): void {
    open = false
  }
  function drain(): void {
    open = true
    session.drained()
  }
  return { session, did, taken, unfinished, closed, budget, shut, drain, text: (chunk: string, events = 1) => session.write(Buffer.from(chunk), events) } // prettier-ignore
}
