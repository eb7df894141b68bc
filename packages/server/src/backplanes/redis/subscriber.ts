import { atTurnEnd } from '../../env.ts'
import { keepLink } from './lasting-link.ts'
import { closedError, unavailable } from './unavailable.ts'

import type { RedisDriver, RedisLink } from './driver.ts'

export interface SubscriberSetup {
  readonly driver: RedisDriver
  /** Milliseconds of quiet after which the link is tried, and those that it may take to answer then. */
  readonly probeMs: number
  readonly timeoutMs: number
  readonly onMessage: (name: string, text: string) => void
  /** Everything is subscribed again; what was published meanwhile was lost. */
  readonly onUp: () => void
  readonly onDown: (error: unknown) => void
}

/** The link over which messages come. */
export interface Subscriber {
  readonly isUp: boolean
  /** Waits for the first connection, if it is still being made. */
  readonly firstAttempt: Promise<void>
  /** Subscriptions that are held, or will be again. */
  readonly size: number
  /** Resolves when Redis has confirmed it. @throws {RealtimeError} `UNAVAILABLE` where the link is, or gets, lost. */
  add(name: string): Promise<void>
  remove(name: string): void
  /** To be called now and then: finds a link that stands but brings nothing. */
  look(now: number): void
  close(): Promise<void>
}

interface Request {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

// Names in one command.
const batchSize = 500

export function createSubscriber(setup: SubscriberSetup): Subscriber {
  const { driver, probeMs, timeoutMs, onMessage, onUp, onDown } = setup
  const names = new Set<string>()
  /** What is wanted and not yet confirmed, and what is not wanted any more. */
  const requests = new Map<string, Request>()
  const leaving = new Set<string>()
  let restored: readonly string[] = []
  let isBusy = false
  let isClosed = false
  let heard = 0
  let seenHeard = -1
  let quietSince = 0
  let probedAt: number | undefined

  const lasting = keepLink({
    driver,
    async prepare(link) {
      leaving.clear()
      restored = [...names]
      await inBatches(restored, (batch) => link.subscribe(batch))
    },
    onMessage(name, text) {
      heard++
      onMessage(name, text)
    },
    onUp() {
      probedAt = undefined
      heard++
      // Those that somebody let go of meanwhile.
      for (const name of restored) if (!names.has(name)) leave(name)
      onUp()
    },
    onDown(error) {
      refuseAll(unavailable('Redis cannot be reached', error))
      onDown(error)
    },
  })

  function refuseAll(error: Error): void {
    for (const { reject } of requests.values()) reject(error)
    requests.clear()
  }

  /** One command after the other: what a library makes of a SUBSCRIBE while an UNSUBSCRIBE is under way is its secret. */
  async function exchange(): Promise<void> {
    for (let link = lasting.current; link && requests.size + leaving.size > 0; link = lasting.current) {
      const left = [...leaving]
      const asked = [...requests]
      leaving.clear()
      requests.clear()
      try {
        await inBatches(left, (batch) => link.unsubscribe(batch))
        await inBatches(asked.map(([name]) => name), (batch) => link.subscribe(batch)) // prettier-ignore
        for (const [name, { resolve }] of asked) {
          names.add(name)
          resolve()
        }
      } catch (error) {
        for (const [, { reject }] of asked) reject(unavailable('Redis did not subscribe', error))
        if (lasting.current === link) lasting.drop(error)
      }
    }
    // In the turn in which nothing was left to do: what is asked for from here on schedules the next.
    isBusy = false
  }

  function schedule(): void {
    if (isBusy) return
    isBusy = true
    // All that this turn wants goes in one command.
    atTurnEnd(() => void exchange())
  }

  function leave(name: string): void {
    leaving.add(name)
    schedule()
  }

  function probe(link: RedisLink, now: number): void {
    probedAt = now
    link.send(['PING']).then(
      () => void heard++,
      () => {}, // the link says so itself
    )
  }

  return {
    get isUp() {
      return lasting.current !== undefined
    },
    firstAttempt: lasting.firstAttempt,

    get size() {
      return names.size
    },

    add(name) {
      if (isClosed) return Promise.reject(closedError())
      if (!lasting.current) return Promise.reject(unavailable('Redis cannot be reached'))
      leaving.delete(name)
      if (names.has(name)) return Promise.resolve()
      let request = requests.get(name)
      if (!request) requests.set(name, (request = createRequest()))
      schedule()
      return request.promise
    },

    remove(name) {
      if (names.delete(name) && lasting.current) leave(name)
    },

    look(now) {
      const link = lasting.current
      if (!link) return
      if (heard !== seenHeard) {
        seenHeard = heard
        quietSince = now
        probedAt = undefined
      } else if (probedAt !== undefined) {
        if (now - probedAt >= timeoutMs) lasting.drop(new Error(`Redis did not answer a PING within ${timeoutMs} ms`))
      } else if (now - quietSince >= probeMs) {
        probe(link, now)
      }
    },

    close() {
      isClosed = true
      // Nobody is left to ask for them.
      refuseAll(closedError())
      return lasting.close()
    },
  }
}

async function inBatches(all: readonly string[], send: (batch: readonly string[]) => Promise<unknown>): Promise<void> {
  const sent = []
  for (let at = 0; at < all.length; at += batchSize) sent.push(send(all.slice(at, at + batchSize)))
  await Promise.all(sent)
}

function createRequest(): Request {
  let resolve: Request['resolve'] = () => {}
  let reject: Request['reject'] = () => {}
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
