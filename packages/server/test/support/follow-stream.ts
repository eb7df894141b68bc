import { readStream } from './read-stream.ts'

import type { Channel, Realtime } from '../../src/index.ts'
import type { Envelope } from './open-socket.ts'
import type { Reading } from './read-stream.ts'

export const json = { 'Content-Type': 'application/json' }

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

/** Sends JSON; the answer is read to its end. */
export async function post(port: number, body: unknown, headers: Record<string, string> = {}, path = '/events') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const reading = await readStream(port, { path, method: 'POST', headers: { ...json, ...headers }, body: text })
  await reading.over
  return { status: reading.status, body: JSON.parse(reading.text()) as unknown }
}

/** Follows channels as the SDK does; `session` proves that commands belong to it. */
export async function follow(port: number, channels: object, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ channels })
  const reading = await readStream(port, { method: 'POST', headers: { ...json, ...headers }, body })
  const [connected = {}] = await reading.take(1)
  const { session, ...rest } = connected.data as { session: string }
  return { ...reading, connected: { ...connected, data: rest }, session, envelopes: readEnvelopes(reading) }
}

export function readEnvelopes({ take }: Reading) {
  const envelopes: Envelope[] = []
  return async (count: number) => {
    while (envelopes.length < count) envelopes.push(...((await take(1)).flatMap(({ data }) => data) as Envelope[]))
    return envelopes.splice(0, count)
  }
}

export async function publishThree(realtime: Realtime, ...channels: readonly Channel[]) {
  const epochs: string[] = []
  for (const channel of channels) {
    for (const n of [1, 2]) await realtime.publish(channel, n)
    epochs.push((await realtime.publish(channel, 3)).epoch)
  }
  return epochs
}
