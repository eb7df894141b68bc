import { createServer } from 'node:net'

import { expect, it, onTestFinished, vi } from 'vitest'

import { connectUnless } from './connect-unless.ts'
import { driverForUrl } from './find-driver.ts'

import type { AddressInfo, Socket } from 'node:net'

const never = new Promise<never>(() => {})
const events = { message() {}, lost() {} }

/** What happens when, in milliseconds, to a connection that is made or refused at `madeAt`, or never. */
async function watch(madeAt: number | undefined, closedAt?: number) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const begin = Date.now()
  const seen: string[] = []
  const log = (text: string) => seen.push(`${text} at ${Date.now() - begin}`)
  const closing = new AbortController()
  if (closedAt !== undefined) setTimeout(() => closing.abort(), closedAt)
  const connecting = madeAt === undefined ? never : new Promise((resolve) => setTimeout(resolve, madeAt))
  connectUnless(closing.signal, connecting, () => log('destroyed')).then(
    () => log('open'),
    (error: Error) => log(error.message),
  )
  await vi.advanceTimersByTimeAsync(60_000)
  expect(vi.getTimerCount()).toBe(0)
  return seen
}

it('waits for a connection', async () => {
  expect(await watch(4000)).toEqual(['open at 4000'])
})

it('gives a peer up that takes connections and says nothing', async () => {
  expect((await watch(undefined)).toSorted()).toEqual([
    'Redis takes connections, but does not answer at 10000',
    'destroyed at 10000',
  ])
})

it('destroys what is made after it was closed, once it is there', async () => {
  const [closed, ...rest] = await watch(4000, 1000)
  expect([closed, new Set(rest)]).toEqual(['closed at 1000', new Set(['destroyed at 4000'])])
})

it('destroys what has a socket and is made after it was closed, at both times', async () => {
  expect(await watch(7000, 1000)).toEqual(['closed at 1000', 'destroyed at 5500', 'destroyed at 7000'])
})

it('destroys what is never made after it was closed, once it has a socket', async () => {
  expect(await watch(undefined, 1000)).toEqual(['closed at 1000', 'destroyed at 5500'])
})

it.each(['@redis/client', 'ioredis'] as const)('%s has no socket left then', async (library) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket)).resume() // prettier-ignore
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void silent.close())
  // On a TCP port the address is an object.
  const url = `redis://user:secret@127.0.0.1:${(silent.address() as AddressInfo).port}`
  const outcome = driverForUrl(url, library).open(events, new AbortController().signal).then(() => 'open', String) // prettier-ignore
  await vi.waitFor(() => expect(sockets.size).toBe(1), { timeout: 4000 })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await outcome).toBe('Error: Redis takes connections, but does not answer')
  await vi.waitFor(() => expect(sockets.size).toBe(0))
})
