import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

import { memoryBackplane } from '../../src/index.ts'

import type { AddressInfo, Socket } from 'node:net'
import type { Backplane, Receiver } from '../../src/index.ts'

/** What `remoteBackplane` sends, one in a line. `subscription` is a number of its own for each. */
export type Call =
  | { readonly id: number; readonly call: 'publish'; readonly args: Parameters<Backplane['publish']> }
  | { readonly id: number; readonly call: 'complete'; readonly args: Parameters<Backplane['complete']> }
  | { readonly id: number; readonly call: 'read'; readonly args: Parameters<Backplane['read']> }
  | { readonly id: number; readonly call: 'subscribe'; readonly key: string; readonly subscription: number }
  | { readonly id: number; readonly call: 'unsubscribe'; readonly subscription: number }

/** What it is sent: the answer to a call, or what a subscription brings. */
export type Told =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly code: string; readonly message: string }
  | { readonly subscription: number; readonly what: keyof Receiver; readonly value: unknown }

/** A process that keeps channels for others: a memory backplane behind a loopback socket. It prints its port. */
const backplane = memoryBackplane()
const server = createServer(serve)
// On a TCP port the address is an object.
server.listen(0, '127.0.0.1', () => console.log(`broker ${(server.address() as AddressInfo).port}`))

function serve(socket: Socket): void {
  const subscriptions = new Map<number, () => void>()
  const tell = (told: Told) => void socket.write(`${JSON.stringify(told)}\n`)
  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on('close', () => {
    for (const stop of subscriptions.values()) stop()
  })
  createInterface({ input: socket }).on('line', (line) => {
    const call = JSON.parse(line) as Call
    perform(call, subscriptions, tell).then(
      (result) => tell({ id: call.id, result }),
      (error: Error & { code?: string }) => tell({ id: call.id, code: error.code ?? '', message: error.message }),
    )
  })
}

async function perform(call: Call, subscriptions: Map<number, () => void>, tell: (told: Told) => void) {
  if (call.call === 'publish') return backplane.publish(...call.args)
  if (call.call === 'complete') return backplane.complete(...call.args)
  if (call.call === 'read') return backplane.read(...call.args)
  const { subscription } = call
  if (call.call === 'unsubscribe') {
    subscriptions.get(subscription)?.()
    subscriptions.delete(subscription)
    return null
  }
  const bring = (what: keyof Receiver) => (value: unknown) => tell({ subscription, what, value })
  const receiver = { event: bring('event'), missed: bring('missed'), complete: bring('complete') }
  subscriptions.set(subscription, await backplane.subscribe(call.key, receiver))
  return null
}
