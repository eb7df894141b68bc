import { connect } from 'node:net'
import { createInterface } from 'node:readline'

import { ChannelEvent, RealtimeError } from '../../src/index.ts'

import type { Position } from '@steadystream/core/protocol'
import type { Backplane, Page, RealtimeErrorCode, Receiver } from '../../src/index.ts'
import type { Call, Told } from './broker.ts'

type Plain = Pick<ChannelEvent, 'epoch' | 'offset' | 'json'>
type Settle = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }
/** Of each kind of call by itself, so that its fields stay together. */
type WithoutId<C> = C extends Call ? Omit<C, 'id'> : never

/** The channels that `broker.ts` keeps, for a process of its own. For tests: a broken link is not mended. */
export function remoteBackplane(port: number): Backplane {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  const waiting = new Map<number, Settle>()
  const receivers = new Map<number, Receiver>()
  let last = 0
  let isClosed = false
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new RealtimeError('UNAVAILABLE', 'the broker is gone'))
  })
  createInterface({ input: socket }).on('line', (line) => take(JSON.parse(line) as Told))

  function take(told: Told): void {
    if ('subscription' in told) {
      const receiver = receivers.get(told.subscription)
      if (told.what === 'event') receiver?.event(revive(told.value as Plain))
      else receiver?.[told.what](told.value as Position)
      return
    }
    const settle = waiting.get(told.id)
    waiting.delete(told.id)
    if ('result' in told) settle?.resolve(told.result)
    else settle?.reject(new RealtimeError(told.code as RealtimeErrorCode, told.message))
  }

  function ask<Result>(call: WithoutId<Call>): Promise<Result> {
    if (isClosed) return Promise.reject(new RealtimeError('CLOSED', 'the backplane is closed'))
    const id = ++last
    socket.write(`${JSON.stringify({ id, ...call })}\n`)
    // The broker answers what the call returns there.
    return new Promise((resolve, reject) => waiting.set(id, { resolve: (result) => resolve(result as Result), reject }))
  }

  return {
    publish: (key, json, options = {}) => ask({ call: 'publish', args: [key, json, options] }),
    complete: (...args) => ask({ call: 'complete', args }),
    async read(...args) {
      const page = await ask<Omit<Page, 'events'> & { readonly events: readonly Plain[] }>({ call: 'read', args })
      return { ...page, events: page.events.map(revive) }
    },
    async subscribe(key, receiver) {
      const subscription = ++last
      receivers.set(subscription, receiver)
      await ask({ call: 'subscribe', key, subscription })
      return () => {
        if (receivers.delete(subscription) && !isClosed) void ask({ call: 'unsubscribe', subscription })
      }
    },
    stats: () => ({
      serverId: String(process.pid),
      isConnected: !socket.destroyed,
      isDegraded: false,
      remoteSubscriptions: receivers.size,
    }),
    onFailure: () => {},
    async close() {
      isClosed = true
      socket.end()
    },
  }
}

function revive({ epoch, offset, json }: Plain): ChannelEvent {
  return new ChannelEvent(epoch, offset, json)
}
